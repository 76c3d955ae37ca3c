"""What makes a report malformed beyond its schema: stable codes, with words for people."""

from collections.abc import Mapping
from types import MappingProxyType

from pydantic_core import PydanticCustomError

MALFORMED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "no-such-day": ("There is no such day.", "Không có ngày này."),
        "year-out-of-range": ("The year lies before 1850 or after 2199.", "Năm trước 1850 hoặc sau 2199."),
        "blank-text": (
            "The text is blank, or holds characters that no text has.",
            "Nội dung để trống, hoặc có ký tự không dùng trong văn bản.",
        ),
        "named-twice": (
            "A person, a report, a household or a unit is named twice.",
            "Một người, một báo cáo, một hộ hay một đơn vị được nêu hai lần.",
        ),
        "head-among-relations": (
            "Nobody's relation is told as head here: who is the head is told apart.",
            "Ở đây không ghi quan hệ là chủ hộ: ai là chủ hộ được báo riêng.",
        ),
        "head-not-on-sheet": ("The head is no member of the sheet.", "Chủ hộ không có tên trên phiếu."),
        "head-own-relative": ("The head is a relative of himself.", "Chủ hộ lại là thân nhân của chính mình."),
        "founds-itself": ("A household is founded by another one.", "Một hộ được tách ra từ hộ khác."),
        "head-not-leaving": (
            "The head of the new household is none of the members who leave.",
            "Chủ hộ mới không ở trong số người tách đi.",
        ),
        "joins-itself": ("A household joins another one.", "Một hộ chỉ nhập vào hộ khác."),
        "joins-and-departs": (
            "Who joins a household does not depart for a place.",
            "Người vào hộ khác thì không ghi nơi chuyển đi.",
        ),
        "joins-the-dissolved": (
            "Nobody joins the household that is dissolved.",
            "Không ai vào hộ đang giải thể.",
        ),
        "nothing-new": ("A change says what is new.", "Thay đổi phải nêu giá trị mới."),
        "old-without-new": ("An old value stands beside a new one.", "Giá trị cũ phải đi kèm giá trị mới."),
        "ends-before-it-begins": ("It ends before it begins.", "Ngày kết thúc trước ngày bắt đầu."),
        "nothing-amended": (
            "Name what changes, and the correction by an id of its own.",
            "Hãy nêu nội dung sửa, và đặt cho phần sửa một mã riêng.",
        ),
        "month-not-begun": ("The month has not begun on that day.", "Đến ngày đó tháng này chưa bắt đầu."),
        "id-of-another-unit": (
            "A unit's id is its code and its founding date.",
            "Mã định danh của đơn vị gồm mã đơn vị và ngày thành lập.",
        ),
        "new-or-existing-unit": (
            "A share goes either to a new unit or to one that is there.",
            "Mỗi phần thuộc về một đơn vị mới hoặc một đơn vị đã có.",
        ),
        "new-or-staying-unit": (
            "A merger needs either a new unit or the one that stays.",
            "Sáp nhập cần một đơn vị mới hoặc đơn vị giữ lại.",
        ),
        "successor-without-merger": ("Only a merger has a successor.", "Chỉ sáp nhập mới có đơn vị kế thừa."),
        "names-missing": ("A renaming needs names.", "Đổi tên cần có tên mới."),
        "one-unit-at-a-time": (
            "One unit at a time is renamed, divided or changes its level.",
            "Mỗi lần chỉ đổi tên, chia tách hay đổi cấp một đơn vị.",
        ),
        "level-missing": (
            "A change of level needs a type, a level or a parent.",
            "Đổi cấp cần loại, cấp hoặc đơn vị cấp trên.",
        ),
        "parts-of-a-division": (
            "A division, and nothing else, has parts.",
            "Chỉ chia tách mới có các phần, và phải có.",
        ),
        "divided-into-one": (
            "What goes to one other unit is merged, not divided.",
            "Phần chỉ về một đơn vị khác là sáp nhập, không phải chia tách.",
        ),
        "one-rest": ("The rest goes to one unit.", "Phần còn lại thuộc về một đơn vị."),
        "nothing-screened": ("Of no condition anything is said.", "Không nêu kết quả của bệnh nào."),
        "begun-after-the-day": ("The method was begun after the day.", "Biện pháp bắt đầu sau ngày báo cáo."),
        "period-after-screening": (
            "The last period is after the screening.",
            "Kỳ kinh cuối sau ngày sàng lọc.",
        ),
        "couple-of-one": ("A couple is two.", "Một cặp gồm hai người."),
        "type-twice": ("Two identifiers are of one type.", "Hai giấy tờ cùng một loại."),
        "point-off-the-curve": ("The point does not lie on the curve.", "Điểm không nằm trên đường cong."),
    }
)
"""Words in English and Vietnamese by code."""


def malformed(code: str) -> PydanticCustomError:
    """Make the error of a check of our own, which pydantic names by its code."""
    return PydanticCustomError(code, MALFORMED[code][0])
