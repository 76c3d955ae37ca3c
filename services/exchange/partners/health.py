"""What may the health sector see? Whom to care for and where: mothers, children to be immunised, the elderly."""

from typing import Final

from services.exchange.view import HEADING_KINDS, MOVING_KINDS, NAMING_KINDS, LegalBasis, View

VIEW: Final = View(
    name="health",
    title=("Health sector", "Ngành y tế"),
    legal_basis=(
        LegalBasis(
            (
                "Decree 102/2025/NĐ-CP on health data, Articles 14 to 17 (national health database)",
                "Nghị định 102/2025/NĐ-CP về dữ liệu y tế, Điều 14 đến 17 (cơ sở dữ liệu quốc gia về y tế)",
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
    purposes=frozenset({"health.maternal-and-child-care"}),
    fields=("name", "sex", "birth", "status", "area", "household", "relation", "mother", "birth_order", "bhyt", "pid"),
    kinds=MOVING_KINDS | NAMING_KINDS | HEADING_KINDS,
)
