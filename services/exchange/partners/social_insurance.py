"""What may social insurance see? Newborns, moves and deaths, for cards of children under six and for benefits."""

from typing import Final

from services.exchange.view import MOVING_KINDS, NAMING_KINDS, LegalBasis, View

VIEW: Final = View(
    name="social-insurance",
    title=("Social insurance", "Bảo hiểm xã hội"),
    legal_basis=(
        LegalBasis(
            (
                "Decree 164/2025/NĐ-CP on electronic transactions in social insurance and the insurance database",
                "Nghị định 164/2025/NĐ-CP về giao dịch điện tử về bảo hiểm xã hội và cơ sở dữ liệu bảo hiểm",
            ),
            "secondary",
        ),
        LegalBasis(
            (
                "Decree 63/2024/NĐ-CP on linked procedures of birth and death",
                "Nghị định 63/2024/NĐ-CP về liên thông thủ tục khai sinh, khai tử",
            ),
            "secondary",
        ),
    ),
    purposes=frozenset({"social-insurance.entitlement"}),
    fields=("name", "birth", "bhyt", "bhxh", "pid", "status", "area"),
    kinds=MOVING_KINDS | NAMING_KINDS,
)
