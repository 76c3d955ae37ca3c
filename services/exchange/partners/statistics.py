"""What may the statistics office see? How the population changes, person by person, and never who it is."""

from typing import Final

from services.exchange.view import HEADING_KINDS, MOVING_KINDS, UNION_KINDS, LegalBasis, View

VIEW: Final = View(
    name="statistics",
    title=("Statistics office", "Cơ quan thống kê"),
    legal_basis=(
        LegalBasis(
            (
                "Decree 278/2025/NĐ-CP on mandatory connection and sharing of data between state agencies",
                "Nghị định 278/2025/NĐ-CP về kết nối, chia sẻ dữ liệu bắt buộc giữa các cơ quan nhà nước",
            ),
            "secondary",
        ),
    ),
    purposes=frozenset({"statistics.official"}),
    fields=(
        "status", "sex", "birth_month", "area", "household", "relation", "marital", "birth_order", "ethnicity",
        "education", "residence", "occupation",
    ),
    kinds=MOVING_KINDS | UNION_KINDS | HEADING_KINDS | {"person.changed"},
    pseudonyms=True,
    lookups=False,
)  # fmt: skip
