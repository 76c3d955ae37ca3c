"""What can be wrong with a cell, a row or a file, in words for both languages? A text never holds what was written."""

from contracts.malformed import MALFORMED
from kit.http.problems import Text

CELLS: dict[str, Text] = {
    "another-by-that-key": Text(
        "Somebody of this household, day, sex and birth is on the books under another name. If the two are twins, "
        "report this one by hand; if the name was wrong, correct it there.",
        "Trong sổ đã có người cùng hộ, cùng ngày, giới tính và ngày sinh nhưng khác họ tên. Nếu là sinh đôi, hãy báo "
        "riêng trẻ này; nếu họ tên trước đây sai, hãy sửa trên hệ thống.",
    ),
    "area-differs": Text(
        "The row names another area than the one given.", "Dòng này ghi địa bàn khác với địa bàn đã chọn."
    ),
    "area-format": Text(
        "No area: give its full id, or its number together with --commune.",
        "Không phải mã địa bàn: hãy ghi mã đầy đủ, hoặc ghi số địa bàn và chọn --commune.",
    ),
    "area-missing": Text(
        "The area is not stated: fill the column or give --area.",
        "Chưa ghi địa bàn: hãy điền cột địa bàn hoặc chọn --area.",
    ),
    "area-unknown": Text(
        "That area is not on the books: an area keeps the id that it had before communes were merged; a new one is "
        "established first.",
        "Địa bàn này chưa có trong sổ: địa bàn giữ mã có trước khi sắp xếp xã; địa bàn mới thì phải lập trước.",
    ),
    "born-after-date": Text("The birth lies behind the date of the row.", "Ngày sinh sau ngày ghi của dòng này."),
    "cell-error": Text("The spreadsheet shows an error in this cell.", "Ô này đang báo lỗi trong bảng tính."),
    "code-unknown": Text(
        "Not a word or code of the list for this column.", "Không phải từ hoặc mã trong danh mục của cột này."
    ),
    "date-as-number": Text(
        "A number, or a date that shows no day: format the column as text and write the date anew.",
        "Ô chứa số, hoặc ngày chỉ hiện tháng, năm: hãy định dạng cột là văn bản và ghi lại ngày.",
    ),
    "date-format": Text(
        "Not a date: write 14/03/1961, 03/1961, 1961 or 1961-03-14.",
        "Không phải ngày: hãy ghi 14/03/1961, 03/1961, 1961 hoặc 1961-03-14.",
    ),
    "date-in-the-future": Text("The date lies in the future.", "Ngày này ở tương lai."),
    "date-incomplete": Text("Day, month and year are needed here.", "Ở đây cần đủ ngày, tháng và năm."),
    "date-missing": Text(
        "The date is not stated: fill the column, or give --on for a book.",
        "Chưa ghi ngày: hãy điền cột ngày, hoặc chọn --on khi nhập sổ A0.",
    ),
    "date-out-of-range": Text("The year is out of range.", "Năm nằm ngoài khoảng cho phép."),
    "date-outside-month": Text("The date lies outside the month given.", "Ngày này nằm ngoài tháng đã chọn."),
    "date-two-digit-year": Text("Write the year with four digits.", "Hãy ghi năm bằng bốn chữ số."),
    "formula": Text("A formula: paste its value instead.", "Ô chứa công thức: hãy dán giá trị thay cho công thức."),
    "head-twice": Text("The household has two heads.", "Hộ này có hai chủ hộ."),
    "heading-misspelt": Text(
        "This heading is nearly one that the table lacks: write it as in the template, or take the column out.",
        "Tiêu đề này gần giống một tiêu đề mà bảng đang thiếu: hãy ghi đúng như trong mẫu, hoặc bỏ cột này.",
    ),
    "household-differs": Text(
        "The row says something else about the household than its first row.",
        "Dòng này ghi thông tin hộ khác với dòng đầu của hộ.",
    ),
    "household-number-format": Text("A household's number has up to six digits.", "Hộ số có nhiều nhất sáu chữ số."),
    "household-number-missing": Text("The household's number is missing.", "Thiếu hộ số."),
    "household-number-taken": Text(
        "The area has another household of this number already.", "Địa bàn đã có hộ khác mang số này."
    ),
    "household-too-large": Text("More people than one sheet holds (100).", "Số người vượt quá một phiếu hộ (100)."),
    "household-twice": Text(
        "The rows of this household do not stand together, or it is listed twice.",
        "Các dòng của hộ này không liền nhau, hoặc hộ bị ghi hai lần.",
    ),
    "household-unknown": Text(
        "No household of the area bore this number on that day: put it on the books first.",
        "Vào ngày đó địa bàn không có hộ nào mang số này: hãy đăng ký hộ vào sổ trước.",
    ),
    "household-unclear": Text(
        "The area has several households of this number: state the sheet.",
        "Địa bàn có nhiều hộ mang số này: hãy ghi rõ phiếu số.",
    ),
    "legacy-font": Text(
        "Text of an old font (TCVN3, VNI): convert it to Unicode.",
        "Chữ dùng phông cũ (TCVN3, VNI): hãy chuyển sang Unicode.",
    ),
    "line-unknown": Text("No line of this household has that number.", "Hộ này không có dòng mang số đó."),
    "merged-cells": Text("Merged cells: undo the merge.", "Ô bị gộp: hãy bỏ gộp ô."),
    "name-differs": Text("The person with that number bears another name.", "Người mang số này có họ tên khác."),
    "name-missing": Text("The name is missing.", "Thiếu họ và tên."),
    "not-acceptable": Text("Not acceptable for this column.", "Giá trị không phù hợp với cột này."),
    "identifier-format": Text(
        "Not such a number: an identity number has 12 digits, an old identity card 9, a health card 15 characters or "
        "10 digits, a social insurance number 10 digits.",
        "Không đúng dạng: số định danh có 12 chữ số, CMND 9, thẻ BHYT 15 ký tự hoặc 10 chữ số, BHXH 10 chữ số.",
    ),
    "number-format": Text("Not a whole number that fits here.", "Không phải số nguyên phù hợp."),
    "number-lost-zeros": Text(
        "Too few digits: leading zeros were lost, format the column as text.",
        "Thiếu chữ số: các số 0 ở đầu đã bị mất, hãy định dạng cột là văn bản.",
    ),
    "number-rounded": Text(
        "The spreadsheet rounded the number: format the column as text and write the number anew.",
        "Bảng tính đã làm tròn số này: hãy định dạng cột là văn bản và ghi lại số.",
    ),
    "number-unclear": Text(
        "Ten digits in a cell of numbers: a health card, or an identity number whose zeros were lost. Format the "
        "column as text and write the number anew.",
        "Mười chữ số trong ô dạng số: có thể là thẻ BHYT, cũng có thể là số định danh đã mất số 0 ở đầu. Hãy định dạng "
        "cột là văn bản và ghi lại số.",
    ),
    "number-twice": Text("Two different numbers of one kind.", "Có hai số khác nhau cùng loại."),
    "person-not-found": Text(
        "Nobody who lives or lived there fits: check number, name, birth date and household.",
        "Không tìm thấy người phù hợp: hãy kiểm tra số thẻ, họ tên, ngày sinh và hộ số.",
    ),
    "person-unclear": Text(
        "Several people fit: state the number or the birth date.",
        "Có nhiều người phù hợp: hãy ghi rõ số thẻ hoặc ngày sinh.",
    ),
    "required": Text("This cell must be filled.", "Ô này phải được điền."),
    "row-twice": Text(
        "A row above tells of this person already: take one of the two out.",
        "Một dòng ở trên đã báo người này: hãy bỏ một trong hai dòng.",
    ),
    "row-unclear": Text(
        "Words alone, and no household number: if somebody of the household, state her line, sex or birth; if a note "
        "or a signature, take it out of the table.",
        "Dòng chỉ có chữ, không có hộ số: nếu là người trong hộ, hãy ghi thêm TT, giới tính hoặc ngày sinh; nếu là ghi "
        "chú hay chữ ký, hãy đưa ra khỏi bảng.",
    ),
    "sex-twice": Text("Both sexes are stated.", "Ghi cả hai giới tính."),
    "text-format": Text(
        "Text with characters that no name has, or too long.", "Văn bản có ký tự không hợp lệ hoặc quá dài."
    ),
}
"""What a cell, or a row as a whole, can be wrong by."""

WARNINGS: dict[str, Text] = {
    "birth-differs": Text(
        "The person with that number has another birth date on the books: check both.",
        "Người mang số này có ngày sinh khác trong sổ: hãy kiểm tra cả hai.",
    ),
    "card-or-number": Text(
        "A health card of ten digits that would also be this person's identity number without its zeros: check that no "
        "spreadsheet cut them.",
        "Thẻ BHYT mười chữ số, nhưng cũng khớp với số định danh của người này khi mất số 0 ở đầu: hãy kiểm tra bảng "
        "tính có cắt số 0 không.",
    ),
    "sex-differs": Text(
        "The person found is of the other sex on the books: check both.",
        "Người tìm được có giới tính khác trong sổ: hãy kiểm tra cả hai.",
    ),
    "may-be-known": Text(
        "Somebody of this name and birth date is on the books of the area: if the two are one, have them merged.",
        "Trong sổ của địa bàn đã có người cùng họ tên và ngày sinh: nếu là cùng một người, hãy hợp nhất hai bản ghi.",
    ),
    "mother-not-found": Text(
        "The mother was not found in the area: recorded without her.",
        "Không tìm thấy người mẹ trong địa bàn: ghi nhận không kèm người mẹ.",
    ),
    "no-head": Text("The household has no head.", "Hộ không có chủ hộ."),
    "partner-not-found": Text(
        "The spouse or partner was not found in the area: recorded without that person.",
        "Không tìm thấy vợ/chồng hoặc bạn đời trong địa bàn: ghi nhận không kèm người đó.",
    ),
    "place-unclear": Text(
        "Several places on the books bear that name: name what they lie in too. Recorded without the place.",
        "Trong sổ có nhiều nơi mang tên này: hãy ghi thêm đơn vị cấp trên. Ghi nhận không kèm nơi cụ thể.",
    ),
    "place-not-read": Text(
        "The place is not one of the list: recorded as unknown.", "Nơi này không có trong danh mục: ghi là không rõ."
    ),
}
"""What is sent all the same and told to whoever imports."""

FILES: dict[str, Text] = {
    "book-or-list": Text(
        "A column of a P0 list stands in what would be read as a book: give --kind p0 (and --list), or --kind a0.",
        "Tệp có cột của danh sách P0 nhưng sẽ được đọc như sổ A0: hãy chọn --kind p0 (kèm --list) hoặc --kind a0.",
    ),
    "under-way": Text(
        "Another process imports this file just now: wait for its end, then go on with --resume.",
        "Một tiến trình khác đang nhập tệp này: hãy đợi tiến trình đó kết thúc rồi chạy tiếp với --resume.",
    ),
    "changed-since": Text(
        "The file or the options are not those of the interrupted run: start without --resume.",
        "Tệp hoặc tùy chọn khác với lần chạy bị gián đoạn: hãy chạy lại không có --resume.",
    ),
    "changed-meanwhile": Text(
        "The file was changed while it was read: start again.", "Tệp bị thay đổi trong lúc đọc: hãy chạy lại."
    ),
    "csv-broken": Text(
        "The quotation marks of the CSV file do not fit together.", "Dấu ngoặc kép trong tệp CSV không khớp."
    ),
    "database-needed": Text(
        "People are found in the ledger: set the addresses of the database.",
        "Cần tra cứu trong sổ cái: hãy đặt địa chỉ cơ sở dữ liệu.",
    ),
    "empty": Text("The file holds no rows.", "Tệp không có dòng nào."),
    "encoding": Text("Not UTF-8: save the file as CSV UTF-8.", "Tệp không dùng mã UTF-8: hãy lưu dưới dạng CSV UTF-8."),
    "heading-missing": Text("A column that is needed is missing.", "Thiếu cột bắt buộc."),
    "heading-twice": Text("Two columns have the same meaning.", "Hai cột có cùng ý nghĩa."),
    "headings-not-found": Text(
        "No row of headings was recognised among the first thirty.",
        "Không nhận ra dòng tiêu đề trong ba mươi dòng đầu.",
    ),
    "json": Text("A line is not a JSON object.", "Một dòng không phải là đối tượng JSON."),
    "json-array": Text(
        "The file is one JSON array: write each object on a line of its own, without brackets and commas around them.",
        "Tệp là một mảng JSON: hãy ghi mỗi đối tượng trên một dòng riêng, không có ngoặc vuông và dấu phẩy bao quanh.",
    ),
    "list-unknown": Text(
        "Which list is this? Name the worksheet after it, fill the column or give --list.",
        "Đây là danh sách nào? Hãy đặt tên trang theo danh sách, điền cột danh sách hoặc chọn --list.",
    ),
    "not-a-workbook": Text("The file is no readable XLSX workbook.", "Tệp không phải bảng tính XLSX đọc được."),
    "not-found": Text("There is no such file.", "Không có tệp này."),
    "old-excel": Text("An old XLS file: save it as XLSX.", "Tệp XLS cũ: hãy lưu thành XLSX."),
    "option-wrong": Text("An option does not fit: write it as shown.", "Tùy chọn không phù hợp: hãy ghi theo mẫu này."),
    "too-large": Text("The file is larger than what is read at once: divide it.", "Tệp quá lớn: hãy chia nhỏ."),
    "too-wide": Text("A row has too many columns.", "Một dòng có quá nhiều cột."),
    "type-unknown": Text("Neither CSV, XLSX nor NDJSON.", "Không phải CSV, XLSX hay NDJSON."),
}
"""Why a file is not read at all, or not further."""

TEXTS = {code: Text(*words) for code, words in MALFORMED.items()} | CELLS | WARNINGS | FILES


class Wrong(Exception):
    """A cell cannot be read: a stable code, never what stands in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Misfit(Exception):
    """A row does not fit: the column to blame and the code."""

    def __init__(self, column: str, code: str) -> None:
        super().__init__(code)
        self.column, self.code = column, code


class Unsure(Exception):
    """A cell names a place that no list holds: with a warning, it is sent as unknown."""


class FileFault(Exception):
    """A file cannot be read, or not further; `where` is a row or a column, in our words."""

    def __init__(self, code: str, where: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.where = where

    def __str__(self) -> str:
        words = FILES[self.code]
        place = f" ({self.where})" if self.where else ""
        return f"{self.code}{place}: {words.en} / {words.vi}"
