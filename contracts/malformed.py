"""What makes a report malformed, by its schema and beyond it: stable codes, with words for people."""

import re
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType
from typing import Any, Final

from pydantic_core import PydanticCustomError

MOST_LISTED: Final = 12
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

MISSHAPEN: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "missing": ("This is missing.", "Còn thiếu mục này."),
        "extra-forbidden": ("Something stands here that does not belong here.", "Có mục không thuộc nội dung này."),
        "given-twice": ("This is told once, and no more.", "Mục này chỉ được nêu một lần."),
        "string-type": ("A text is expected.", "Phải là chữ."),
        "int-type": ("A whole number is expected.", "Phải là số nguyên."),
        "int-parsing": ("A whole number is expected.", "Phải là số nguyên."),
        "int-parsing-size": ("A number has too many digits.", "Số có quá nhiều chữ số."),
        "int-from-float": ("A whole number is expected.", "Phải là số nguyên."),
        "bool-type": ("True or false is expected.", "Phải là true hoặc false."),
        "bool-parsing": ("True or false is expected.", "Phải là true hoặc false."),
        "model-type": ("An object with named members is expected.", "Phải là một đối tượng gồm các mục có tên."),
        "model-attributes-type": (
            "An object with named members is expected.",
            "Phải là một đối tượng gồm các mục có tên.",
        ),
        "dict-type": ("An object with named members is expected.", "Phải là một đối tượng gồm các mục có tên."),
        "tuple-type": ("A list is expected.", "Phải là một danh sách."),
        "list-type": ("A list is expected.", "Phải là một danh sách."),
        "literal-error": ("This is none of the codes of its list.", "Mã này không có trong danh mục."),
        "enum": ("This is none of the codes of its list.", "Mã này không có trong danh mục."),
        "union-tag-invalid": ("The type is none of the list.", "Loại này không có trong danh mục."),
        "union-tag-not-found": ("Its type is missing.", "Còn thiếu loại."),
        "string-pattern-mismatch": ("This does not have the form that it must have.", "Không đúng định dạng."),
        "string-too-long": ("The text is too long.", "Nội dung quá dài."),
        "string-too-short": ("The text is too short.", "Nội dung quá ngắn."),
        "too-long": ("The list is too long.", "Danh sách quá dài."),
        "too-short": ("The list is too short.", "Danh sách quá ngắn."),
        "greater-than": ("The number is too small.", "Số quá nhỏ."),
        "greater-than-equal": ("The number is too small.", "Số quá nhỏ."),
        "less-than": ("The number is too large.", "Số quá lớn."),
        "less-than-equal": ("The number is too large.", "Số quá lớn."),
        "json-invalid": ("This is no JSON.", "Không phải JSON hợp lệ."),
        "malformed": ("This is no JSON.", "Không phải JSON hợp lệ."),
        "not-utf-8": ("The text is not in UTF-8.", "Nội dung không theo mã UTF-8."),
        "duplicate-name": ("A name stands twice in one object.", "Một tên xuất hiện hai lần trong một đối tượng."),
        "not-finite": ("This is no number.", "Không phải là số."),
        "number-too-long": ("A number has too many digits.", "Số có quá nhiều chữ số."),
        "null-character": ("A text holds a character that no text has.", "Nội dung có ký tự không hợp lệ."),
        "lone-surrogate": ("A text holds half a character.", "Nội dung có ký tự không trọn vẹn."),
        "too-deep": ("It is nested too deeply.", "Cấu trúc lồng nhau quá sâu."),
        "object-expected": ("A report is one JSON object.", "Một báo cáo là một đối tượng JSON."),
        "array-expected": ("A batch is a JSON array of reports.", "Một lô là một mảng JSON gồm các báo cáo."),
        "unknown-type": ("There is no such kind of report.", "Không có loại báo cáo này."),
        "not-signable": (
            "This line is no JSON object that can be signed.",
            "Dòng này không phải đối tượng JSON có thể ký.",
        ),
        "own-id": ("A report does not amend itself.", "Báo cáo không thể tự sửa chính nó."),
        "format": ("This does not have the form that it must have.", "Không đúng định dạng."),
        "not-acceptable": ("This cannot be taken.", "Giá trị không được chấp nhận."),
        "invalid": ("This is not valid.", "Không hợp lệ."),
        "cursor": ("This is no cursor of this question.", "Con trỏ không thuộc câu hỏi này."),
        "outdated": (
            "What it goes on from is no longer on the books: begin anew without it.",
            "Dữ liệu mà con trỏ dựa vào không còn: hãy bắt đầu lại mà không có con trỏ.",
        ),
        "person-or-identifier": (
            "Name either a person or an identifier.",
            "Hãy nêu một người hoặc một số giấy tờ, chỉ một trong hai.",
        ),
        "household-or-number": (
            "Name either a household, or an area and a number.",
            "Hãy nêu một hộ, hoặc một địa bàn và số hộ.",
        ),
        "person-household-or-unit": (
            "Name either a person, a household or a unit.",
            "Hãy nêu một người, một hộ hoặc một đơn vị, chỉ một trong ba.",
        ),
        "name-or-identifier": ("Tell a name or an identifier.", "Hãy cho biết tên hoặc số giấy tờ."),
        "name-identifier-or-household": (
            "Search by a name, an identifier or a household, by one of them.",
            "Hãy tìm theo tên, số giấy tờ hoặc hộ, chỉ một trong ba.",
        ),
        "identifier-person-or-subjects": (
            "Ask by an identifier, a person or a list of subjects, by one of them.",
            "Hãy hỏi theo số giấy tờ, một người hoặc một danh sách, chỉ một trong ba.",
        ),
        "words": ("Name one word, and not too many.", "Hãy nêu ít nhất một từ, và không quá nhiều."),
        "two-levels": ("Two levels of units are named at once.", "Nêu hai cấp đơn vị cùng một lúc."),
        "after-to": ("The period begins after its end.", "Kỳ bắt đầu sau khi kết thúc."),
        "unknown-unit": (
            "There is no unit or area of that id on the books.",
            "Trong sổ không có đơn vị hoặc địa bàn mang mã này.",
        ),
        "not-in-this-geography": (
            "There is no such unit in this geography; one of another time may know it.",
            "Không có đơn vị này trong địa giới đang dùng; địa giới thời khác có thể có.",
        ),
        "nobody-in-transit-stands-in-a-unit": (
            "Who is on the way stands in no unit.",
            "Người đang trên đường không thuộc đơn vị nào.",
        ),
        "level-above-the-unit": ("The level lies above the unit.", "Cấp này cao hơn đơn vị đã nêu."),
        "outside-the-areas-of-the-token": (
            "The token is not for this unit.",
            "Mã truy cập không dành cho đơn vị này.",
        ),
        "position": ("A position of the ledger is expected.", "Phải là một vị trí trong sổ cái."),
        "position-or-instant": (
            "A position of the ledger or an instant with its zone is expected.",
            "Phải là một vị trí trong sổ cái hoặc một thời điểm có múi giờ.",
        ),
        "not-begun": ("The month has not begun.", "Tháng này chưa bắt đầu."),
        "unknown": ("There is no such field.", "Không có trường này."),
        "not-permitted": ("The agreement does not allow this field.", "Thỏa thuận không cho phép trường này."),
        "abroad-within": (
            "Who goes abroad goes to no place in the country.",
            "Người đi nước ngoài thì không ghi nơi đến trong nước.",
        ),
        "value-error": ("This is not right.", "Giá trị không hợp lệ."),
    }
)
"""The same for what a schema (pydantic's codes, written with hyphens), a reader of JSON, a question or the door finds.

What the door alone insists on may be on the books from before: it is no check of a kind, by which those are read.
"""


def words_of(code: str, listed: Collection[str] = ()) -> tuple[str, str] | None:
    """Give the words of a code in English and Vietnamese, None where it has none; `listed` may be said in its place."""
    words = MALFORMED.get(code) or MISSHAPEN.get("missing" if code.startswith("missing-") else code)
    if words is None or not listed:
        return words
    en, vi = (text.removesuffix(".") for text in words)
    return f"{en}; there are: {', '.join(listed)}.", f"{vi}; các mã được dùng: {', '.join(listed)}."


def listed_in(error: Mapping[str, Any]) -> tuple[str, ...]:
    """Give the codes of the list that a value is none of, from pydantic's error; none of a list too long to be read."""
    if error["type"] != "literal_error":
        return ()
    codes = re.findall("'([^']*)'", error.get("ctx", {}).get("expected", ""))
    return tuple(codes) if len(codes) <= MOST_LISTED else ()


def without_echoes(errors: Iterable[Any]) -> list[Any]:
    """Leave out of pydantic's errors that a list is too short where only its wrong parts, named anyway, make it so."""
    known = list(errors)
    places = {error["loc"][:length] for error in known for length in range(len(error["loc"]))}
    return [error for error in known if error["type"] != "too_short" or error["loc"] not in places]


def malformed(code: str) -> PydanticCustomError:
    """Make the error of a check of our own, which pydantic names by its code."""
    return PydanticCustomError(code, (MALFORMED.get(code) or MISSHAPEN[code])[0])
