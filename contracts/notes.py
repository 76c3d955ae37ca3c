"""What may a rule leave in a fact for an officer to look at, in both languages? Warnings and tasks, never a refusal."""

from typing import Final

NOTES: Final[dict[str, tuple[str, str]]] = {
    "already-on-record": ("that is on record already", "nội dung này đã có trong sổ"),
    "birth-differs": (
        "the birth date told is not the one on record, which stays",
        "ngày sinh được báo khác với ngày đã ghi; giữ nguyên điều đã ghi",
    ),
    "births-close-together": (
        "this mother bore another child within two weeks of that day: one child told twice, or a wrong date",
        "đã ghi một trẻ khác của người mẹ này sinh cách không quá hai tuần: một trẻ được báo hai lần, hoặc sai ngày",
    ),
    "closed-early": (
        "the month's books were closed before it was over: what is told of its last days waits for the office",
        "sổ được khóa khi chưa hết tháng: điều báo về những ngày cuối tháng phải chờ cán bộ duyệt",
    ),
    "device-number-twice": (
        "another report of this device has the same number: do two telephones share one identity?",
        "một báo cáo khác của thiết bị này mang cùng số thứ tự: có phải hai điện thoại dùng chung một định danh?",
    ),
    "double-lived-here": (
        "the one struck off lived in a household, and who goes on lives nowhere on the books now: report her arrival",
        "bản ghi trùng đang ở trong một hộ, còn người được giữ lại nay không ở hộ nào: hãy báo chuyển đến",
    ),
    "double-married": (
        "whoever was married to the one struck off is recorded as married to nobody on the books now",
        "vợ/chồng của bản ghi trùng nay được ghi là có vợ/chồng ngoài sổ",
    ),
    "drawn-up-early": (
        "the sheet was drawn up before its month was over",
        "phiếu được lập khi chưa hết tháng",
    ),
    "household-without-head": ("the household has no head now: name one", "hộ chưa có chủ hộ: hãy báo chủ hộ mới"),
    "identifier-clash": ("somebody else bears the same number", "có người khác mang cùng số này"),
    "minor-head": ("the head is under 18", "chủ hộ chưa đủ 18 tuổi"),
    "mother-not-yet-registered": (
        "the mother came on the books only after that day",
        "người mẹ được đưa vào sổ sau ngày này",
    ),
    "mother-sex-unknown": ("the mother's sex is not recorded", "chưa ghi giới tính của người mẹ"),
    "possible-twin-report": (
        "another child of this mother born on that day is on record: twins, or one child told twice",
        "đã ghi một trẻ khác của người mẹ này sinh cùng ngày: sinh đôi, hoặc một trẻ được báo hai lần",
    ),
    "pregnancy-of-a-man": (
        "a pregnancy or a birth is on record of who is recorded as male: one of the two is wrong",
        "đã ghi thông tin thai sản hoặc sinh con của người được ghi là nam: một trong hai điều này sai",
    ),
    "related-union": (
        "the two are of the direct line or kin within three generations, by the mothers on record",
        "hai người cùng dòng máu trực hệ hoặc có họ trong phạm vi ba đời, theo những người mẹ đã ghi trong sổ",
    ),
    "spouse-of-two": (
        "two people are recorded as married to the same one, who is on record as married to one of them",
        "hai người được ghi là vợ/chồng của cùng một người; trong sổ người này có vợ/chồng là một trong hai",
    ),
    "told-as-head": (
        "told as head of a household that has another head or none: tell who is head, or correct the relation",
        "được báo là chủ hộ của hộ có chủ hộ khác hoặc chưa có chủ hộ: hãy báo chủ hộ, hoặc đính chính quan hệ",
    ),
    "sex-differs": (
        "the sex told is not the one on record, which stays",
        "giới tính được báo khác với điều đã ghi; giữ nguyên điều đã ghi",
    ),
    "number-against-birth": (
        "century and year in the personal number are not those of the birth date",
        "thế kỷ và năm trong số định danh không khớp với ngày sinh",
    ),
    "number-against-sex": (
        "the personal number says another sex",
        "giới tính trong số định danh không khớp với điều đã ghi",
    ),
    "number-not-on-record": (
        "the withdrawn number was not on record: it is kept among the former ones",
        "số bị thu hồi chưa có trong sổ: được lưu trong các số cũ",
    ),
    "number-of-no-province": (
        "the personal number begins with the code of no province; people registered abroad have others",
        "số định danh không bắt đầu bằng mã tỉnh; người đăng ký ở nước ngoài có mã khác",
    ),
    "old-value-differs": (
        "the old value told is not the one on record; the new one is taken",
        "giá trị cũ được báo khác với điều đã ghi; giá trị mới được ghi nhận",
    ),
    "personal-number-changed": (
        "the personal number on record was another one, which is kept among the former ones",
        "số định danh đã ghi là số khác, được lưu trong các số cũ",
    ),
    "sheet-without-couple": (
        "no couple stands on that sheet of the household",
        "không có cặp vợ chồng nào trên phiếu này của hộ",
    ),
    "union-told-as-change": (
        "a marriage or divorce told as a mere change is in no figure: void it and tell the marriage or the divorce",
        "kết hôn hoặc ly hôn được báo như một thay đổi thì không tính vào số liệu: hãy hủy và báo kết hôn hoặc ly hôn",
    ),
    "under-age-union": ("one of the two is under the legal age", "một trong hai người chưa đủ tuổi kết hôn"),
    "beyond-newborn-age": ("the child was more than 28 days old", "trẻ đã quá 28 ngày tuổi"),
    "couple-married": ("one of the two is married by then", "một trong hai người đang có vợ/chồng vào ngày đó"),
    "examined-below-sixty": ("the person was under 60", "người này chưa đủ 60 tuổi"),
    "former-method-not-stopped": (
        "another method was in use and is replaced",
        "đang dùng biện pháp khác, nay được thay thế",
    ),
    "former-pregnancy-open": (
        "an earlier pregnancy was still open: how did it end?",
        "lần mang thai trước chưa có kết quả: hãy báo kết quả",
    ),
    "method-already-in-use": (
        "the method was in use already, since the day on record",
        "biện pháp này đã được sử dụng từ ngày đã ghi",
    ),
    "method-still-in-use": (
        "a contraceptive method is recorded as in use",
        "đang ghi là sử dụng một biện pháp tránh thai",
    ),
    "no-method-in-use": ("no method was recorded as in use", "chưa ghi biện pháp tránh thai nào đang sử dụng"),
    "no-pregnancy-known": ("no open pregnancy was recorded", "chưa ghi lần mang thai nào đang theo dõi"),
    "other-method-in-use": (
        "another method is recorded as in use, and stays",
        "đang ghi là sử dụng biện pháp khác; giữ nguyên điều đã ghi",
    ),
    "outside-childbearing-age": (
        "the woman was not between 15 and 49 years old",
        "người phụ nữ không ở độ tuổi 15 đến 49",
    ),
    "pregnancy-known": ("the pregnancy was recorded already, on the day on record", "lần mang thai này đã được ghi"),
    "pregnancy-number-differs": (
        "the number of the pregnancy does not follow from what is recorded",
        "thứ tự lần mang thai không khớp với điều đã ghi",
    ),
    "screened-already": ("everything told of this screening was known already", "kết quả sàng lọc này đã được ghi"),
    "user-male": (
        "the user is recorded as male; the form lists wives",
        "người sử dụng được ghi là nam; biểu chỉ ghi người vợ",
    ),
    "woman-sex-unknown": ("the woman's sex is not recorded", "chưa ghi giới tính của người phụ nữ"),
}
"""A stable code and its (English, Vietnamese) text."""
