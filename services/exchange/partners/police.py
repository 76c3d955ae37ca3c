"""What may the police see? Who lives where, to compare with the national population database."""

from typing import Final

from services.exchange.view import HEADING_KINDS, MOVING_KINDS, NAMING_KINDS, UNION_KINDS, LegalBasis, View

VIEW: Final = View(
    name="police",
    title=("Police, national population database", "Công an, cơ sở dữ liệu quốc gia về dân cư"),
    legal_basis=(
        LegalBasis(
            (
                "Decree 278/2025/NĐ-CP on mandatory connection and sharing of data between state agencies",
                "Nghị định 278/2025/NĐ-CP về kết nối, chia sẻ dữ liệu bắt buộc giữa các cơ quan nhà nước",
            ),
            "secondary",
        ),
        LegalBasis(
            (
                "Law on the protection of personal data 91/2025/QH15, Article 19(1)(c): activity of state agencies",
                "Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15, điểm c khoản 1 Điều 19: hoạt động của cơ quan nhà nước",
            ),
            "secondary",
        ),
    ),
    purposes=frozenset({"police.residence-registration"}),
    fields=(
        "pid", "cmnd", "name", "sex", "birth", "status", "marital", "spouse", "mother", "area", "household", "relation",
        "residence",
    ),
    kinds=MOVING_KINDS | NAMING_KINDS | UNION_KINDS | HEADING_KINDS,
)  # fmt: skip
