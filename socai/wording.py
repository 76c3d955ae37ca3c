"""In which sentences, English or Vietnamese, does the command line speak?"""

import errno
from typing import Final

from contracts.notes import NOTES
from socai.dates import Language, dated

WORDS: dict[str, tuple[str, str]] = {
    "key-of-another": (
        "This is told by {sender}: the key of {name} is one of {client} and does not sign it.",
        "Báo cáo do {sender} gửi: khóa của {name} là của {client}, không ký báo cáo này.",
    ),
    "no-run-file": (
        "There is no run file at {path}: start the system with `make run`, or name its file in SOCAI_RUN.",
        "Không có tệp {path}: hãy khởi động hệ thống bằng `make run`, hoặc chỉ ra tệp trong biến SOCAI_RUN.",
    ),
    "broken-run-file": (
        "{path} is no run file: start the system anew with `make run`, or name its file in SOCAI_RUN.",
        "{path} không phải tệp chạy: hãy khởi động lại bằng `make run`, hoặc chỉ ra tệp trong biến SOCAI_RUN.",
    ),
    "no-gateway": (
        "The gateway at {address} does not answer: is the system up (`make status`)?",
        "Cổng {address} không trả lời: hệ thống đã chạy chưa (`make status`)?",
    ),
    "gateway-silent": (
        "The gateway at {address} took too long. Send the same again: ids make it safe.",
        "Cổng {address} trả lời quá chậm. Hãy gửi lại: mỗi báo cáo có mã riêng nên không bị ghi trùng.",
    ),
    "no-client": (
        "There is no client {name} in the run file; there are: {known}",
        "Không có hệ thống khách {name} trong tệp chạy; hiện có: {known}",
    ),
    "no-token": ("The authority gave no token: {reason}", "Không nhận được mã truy cập: {reason}"),
    "scope-lacks": ("The scope that lacks: {scope}", "Phạm vi (scope) còn thiếu: {scope}"),
    "retrying": ("{status}; again in {seconds:.0f} s", "{status}; gửi lại sau {seconds:.0f} giây"),
    "recorded": ("recorded", "đã ghi nhận"),
    "waiting": ("waiting", "đang chờ"),
    "refused": ("refused", "bị từ chối"),
    "duplicate": ("duplicate", "trùng lặp"),
    "voided": ("voided", "đã hủy"),
    "returned": ("returned", "bị trả lại"),
    "handed_over": ("handed over", "đã bàn giao"),
    "pregnancy-number": ("pregnancy number", "lần mang thai"),
    "no-device": (
        "There is no device key at {path}: enrol the device first (`socai device enrol NAME`).",
        "Không có khóa thiết bị tại {path}: hãy đăng ký thiết bị trước (`socai device enrol TÊN`).",
    ),
    "device-exists": (
        "The device has a key already: {path}. Revoke it first (`socai device revoke {device}`), or take another name.",
        "Thiết bị đã có khóa: {path}. Hãy thu hồi khóa đó trước (`socai device revoke {device}`), hoặc chọn tên khác.",
    ),
    "device-waits": (
        "The enrolment of the device waits: it needs {need}. Report {report}; until then its key does not count.",
        "Việc đăng ký thiết bị đang chờ: cần {need}. Báo cáo {report}; khóa chưa có hiệu lực đến lúc đó.",
    ),
    "no-keys": (
        "No device of that name has a key within your rights: is the name right?",
        "Không có thiết bị tên này có khóa trong phạm vi quyền của bạn: tên thiết bị có đúng không?",
    ),
    "which-key": (
        "Several keys of devices called {device} stand: name the one that is meant with --key.",
        "Có nhiều khóa của các thiết bị tên {device} đang còn hiệu lực: hãy nêu khóa cần thu hồi bằng --key.",
    ),
    "device-of-whom": (
        "Client {client} has no place in the run file: name one with --place.",
        "Hệ thống khách {client} không có địa bàn trong tệp chạy: hãy nêu bằng --place.",
    ),
    "not-signable": (
        "Line {line} is no JSON object, so it cannot be signed.",
        "Dòng {line} không phải đối tượng JSON nên không ký được.",
    ),
    "another-device": (
        "Line {line} is a report of device {device}: the key of {name} does not sign it.",
        "Dòng {line} là báo cáo của thiết bị {device}: khóa của {name} không ký báo cáo này.",
    ),
    "device-silent": (
        "No report names a device {device} of client {client}: is the name right, and the client (--as)?",
        "Chưa có báo cáo nào ghi thiết bị {device} của {client}: tên thiết bị và hệ thống khách (--as) có đúng không?",
    ),
    "device-sent": ("{sent} sent: {counts}", "đã gửi {sent}: {counts}"),
    "device-numbers": (
        "numbers up to {highest}, missing: {missing}",
        "số thứ tự đến {highest}, còn thiếu: {missing}",
    ),
    "report-id": ("report {id}", "báo cáo {id}"),
    "at-position": ("at position {position}", "ở vị trí {position}"),
    "needs": ("needs {need}", "cần {need}"),
    "need-approved": ("the office's approval", "cán bộ xã duyệt"),
    "need-arrived": ("the arrival of {id}", "việc chuyển đến của {id}"),
    "need-departed": ("the departure of {id}", "việc chuyển đi của {id}"),
    "need-left": ("that nobody lives in {id} any more", "không còn ai ở trong hộ {id}"),
    "need-key": ("the enrolment of key {id}", "việc đăng ký khóa {id}"),
    "need-report": ("report {id}", "báo cáo {id}"),
    "need-sequence": ("number {number} of device {id}", "số thứ tự {number} của thiết bị {id}"),
    "goes-on-as": ("- on the books as {id}", "- đã có trong sổ với mã {id}"),
    "told-before": ("told before under this id", "đã gửi trước đó với cùng mã"),
    "line": ("line {line}", "dòng {line}"),
    "nothing-to-send": ("There is nothing to send.", "Không có gì để gửi."),
    "progress": ("{sent} sent, {rate}/s: {fates}", "đã gửi {sent}, {rate}/giây: {fates}"),
    "not-recorded": (
        "That report is not recorded ({fate}), so there is nothing to amend.",
        "Báo cáo đó chưa được ghi nhận ({fate}) nên không có gì để sửa.",
    ),
    "ended-unrecorded": (
        "That report is not recorded ({fate}) and stays so: tell what is right anew.",
        "Báo cáo đó không được ghi nhận ({fate}) và sẽ giữ như vậy: hãy báo lại nội dung đúng.",
    ),
    "no-changes": (
        "Say what is right, as field=value, e.g. sex=female.",
        "Hãy nêu giá trị đúng theo dạng trường=giá_trị, ví dụ sex=female.",
    ),
    "ask-one": (
        "Name a report's id or a ledger position.",
        "Hãy nêu mã báo cáo hoặc vị trí trong sổ cái.",
    ),
    "fate": ("Report {id}: {fate}", "Báo cáo {id}: {fate}"),
    "delivered-again": ("Delivered again: {n}.", "Số lần gửi lại: {n}."),
    "recorded-at": (
        "Recorded at position {position} on {time}; told by {source}, report {report}.",
        "Ghi nhận ở vị trí {position} lúc {time}; nguồn {source}, báo cáo {report}.",
    ),
    "title": ("{title}, took effect on {on}.", "{title}, có hiệu lực ngày {on}."),
    "would-take-effect": ("{title}, of {on}.", "{title}, của ngày {on}."),
    "told-by": (
        "Came to the desk on {since}; told by {sender}, {source}.",
        "Đến cán bộ xã lúc {since}; người gửi {sender}, nguồn {source}.",
    ),
    "waited-from": (
        "Came in on {since} and waited; told by {sender}, {source}.",
        "Đến lúc {since} và phải chờ; người gửi {sender}, nguồn {source}.",
    ),
    "said": ("It said:", "Nội dung:"),
    "personal-hidden": ("personal: hidden (--personal shows it)", "thông tin cá nhân: được ẩn (--personal để xem)"),
    "changed": ("It changed:", "Thay đổi:"),
    "took-back": ("It took back:", "Rút lại:"),
    "changed-nothing": (
        "It changed no state that others can see.",
        "Không làm thay đổi trạng thái nào.",
    ),
    "on-the-books": ("comes on the books", "được đưa vào sổ"),
    "notes": ("Left for an officer: {notes}", "Việc cần cán bộ xem xét: {notes}"),
    "notes-of-all": ("Left for an officer to look at:", "Việc cần cán bộ xem xét:"),
    "n-reports": ("{n} reports", "{n} báo cáo"),
    "n-reports-1": ("{n} report", "{n} báo cáo"),
    "amends": ("It amends position {position}.", "Báo cáo này sửa vị trí {position}."),
    "amended-by": ("Amended since by:", "Sau đó được sửa bởi:"),
    "waits-for-the-office": (
        "It waits for the office, which approves it, puts it right or returns it.",
        "Báo cáo đang chờ cán bộ xã duyệt, đính chính hoặc trả lại.",
    ),
    "waits": (
        "It waits for something that is not recorded yet, and is decided by itself when that comes.",
        "Báo cáo đang chờ một nội dung chưa được ghi nhận và sẽ được xử lý khi nội dung đó đến.",
    ),
    "reasons": ("Refused because:", "Bị từ chối vì:"),
    "returned-because": ("The office's reason: {reason}", "Lý do của cán bộ xã: {reason}"),
    "told-anew": (
        "Tell what is right anew; the new report has an id of its own.",
        "Hãy báo lại nội dung đúng; báo cáo mới có mã riêng.",
    ),
    "stands": ("It stands as told.", "Nội dung vẫn giữ nguyên."),
    "no-more": ("There is no {unit} any more: {end}", "Không còn {unit}: {end}"),
    "no-rows": ("There are no rows.", "Không có dòng nào."),
    "nobody": ("Nobody was found within your rights.", "Không tìm thấy ai trong phạm vi quyền của bạn."),
    "more": ("more: --cursor {cursor}", "còn nữa: --cursor {cursor}"),
    "complete-up-to": ("complete up to position {position}", "đầy đủ đến vị trí {position}"),
    "followed-to": ("go on with: --cursor '{cursor}'", "theo dõi tiếp bằng: --cursor '{cursor}'"),
    "away": ("does not answer", "không trả lời"),
    "no-status": ("says nothing about itself", "không có thông tin"),
    "stopped": ("Stopped.", "Đã dừng."),
    "interrupted": (
        "What was answered so far is kept; send the same file again to go on.",
        "Phần đã có trả lời được giữ lại; gửi lại cùng tệp để tiếp tục.",
    ),
    "no-area": (
        "There is no area at or below these places.",
        "Không có địa bàn nào tại hoặc thuộc các đơn vị này.",
    ),
    "sheet-of-an-area": (
        "{unit} is no area, and each area has a sheet of its own: socai sheets --unit {unit} --month {month}",
        "{unit} không phải là địa bàn; mỗi địa bàn có phiếu riêng: socai sheets --unit {unit} --month {month}",
    ),
    "no-halves": (
        "No move lacks its other half within your rights.",
        "Không có lượt chuyển nào thiếu đầu đi hoặc đầu đến trong phạm vi quyền của bạn.",
    ),
    "queue-empty": ("Nothing waits for the office there.", "Không có báo cáo nào chờ cán bộ xử lý."),
    "nothing-overdue": (
        "Nothing has waited that long for another report.",
        "Không có báo cáo nào chờ báo cáo khác lâu đến vậy.",
    ),
    "which-unit": (
        "Name a unit or area with --unit: the client that speaks has no places of its own in the run file.",
        "Hãy nêu đơn vị hoặc địa bàn bằng --unit: hệ thống khách không có địa bàn riêng trong tệp chạy.",
    ),
    "no-such-month": ("{month} is no month: write YYYY-MM.", "{month} không phải là tháng: hãy viết YYYY-MM."),
    "no-such-kind": (
        "{kind} is no kind of report; docs/events.md lists them, as person.died.",
        "Không có loại báo cáo {kind}; docs/events.md liệt kê các loại, ví dụ person.died.",
    ),
    "kinds-listed": (
        "{kind} is no kind of report; `socai tell` lists them.",
        "Không có loại báo cáo {kind}; `socai tell` liệt kê các loại.",
    ),
    "must-be-given": ("always", "bắt buộc"),
    "may-be-given": ("where known", "nếu biết"),
    "which-reports": (
        "Name reports, or say --all: one of the two.",
        "Hãy nêu mã báo cáo hoặc dùng --all: một trong hai cách.",
    ),
    "decided": ("{n} reports decided", "đã quyết định {n} báo cáo"),
    "decided-1": ("{n} report decided", "đã quyết định {n} báo cáo"),
    "decided-about": ("What became of the reports that it had decided:", "Kết quả các báo cáo được quyết định:"),
    "not-queued": (
        "That report is not in the queue of these places: `socai queue` lists it.",
        "Báo cáo này không nằm trong danh sách chờ duyệt của nơi này: xem bằng `socai queue`.",
    ),
    "no-sheets": ("No sheet is due there.", "Không có phiếu nào đến hạn."),
    "sheet-lines": ("{n} reports stand on the sheet.", "Phiếu có {n} báo cáo đã ghi sổ."),
    "sheet-lines-1": ("One report stands on the sheet.", "Phiếu có 1 báo cáo đã ghi sổ."),
    "drawn-up-by": ("It was drawn up on {on} by {by}.", "Phiếu do {by} lập ngày {on}."),
    "drawn-up-with": (
        "It was drawn up on {on} by {by}, who counted {lines}.",
        "Phiếu do {by} lập ngày {on}, ghi {lines} dòng.",
    ),
    "corrected-line": ("corrected", "đã đính chính"),
    "no-sheets-since": (
        "No sheet is due there since its areas came on these books; --since looks further back.",
        "Từ khi các địa bàn vào sổ này, không có phiếu nào đến hạn; --since để xem các tháng trước đó.",
    ),
    "not-drawn-up": (
        "The sheet is not drawn up, so none of its reports was approved: `socai approve` approves them without it.",
        "Phiếu chưa được lập nên chưa duyệt báo cáo nào: `socai approve` duyệt báo cáo mà không cần phiếu.",
    ),
    "appraised-already": (
        "The sheet was appraised on {on} by {by}: `socai approve` approves what came since.",
        "Phiếu đã được {by} thẩm định ngày {on}: dùng `socai approve` để duyệt báo cáo đến sau.",
    ),
    "not-appraised": (
        "A report of the sheet was refused, so it is not appraised: `socai sheet appraise` or `socai sheet return`.",
        "Phiếu có báo cáo bị từ chối nên chưa thẩm định: dùng `socai sheet appraise` hoặc `socai sheet return`.",
    ),
    "sheet-draw_up": ("to draw up", "cần lập"),
    "sheet-late": ("late", "quá hạn"),
    "sheet-appraise": ("to appraise", "cần thẩm định"),
    "sheet-drawn-up": ("drawn up", "đã lập"),
    "sheet-appraised": ("appraised", "đã thẩm định"),
    "month-open": ("The books of the month are open.", "Sổ của tháng đang mở."),
    "month-to-come": (
        "The month has not begun: its books can be closed from its first day on.",
        "Tháng này chưa bắt đầu: sổ khóa được từ ngày đầu tháng.",
    ),
    "month-closed": (
        "The books of the month were closed on {on} by {by}, at position {position}.",
        "Sổ của tháng đã khóa ngày {on}, người khóa {by}, vị trí {position}.",
    ),
    "waits-because": ("It waits because:", "Phải chờ vì:"),
    "handed-over-because": ("Handed over because:", "Được bàn giao vì:"),
    "former-number": ("{person} bears this number no more", "{person} không còn mang số này"),
    "sync-changed": ("changed: {households}, {persons}; {left}", "thay đổi: {households}, {persons}; {left}"),
    "n-households": ("{n} households", "{n} hộ"),
    "n-households-1": ("{n} household", "{n} hộ"),
    "n-persons": ("{n} persons", "{n} người"),
    "n-persons-1": ("{n} person", "{n} người"),
    "n-left": ("{n} stand there no longer", "{n} không còn ở đó"),
    "n-left-1": ("{n} stands there no longer", "{n} không còn ở đó"),
    "sync-anew": (
        "the server knows the kept cursor no longer: the whole area is told again",
        "máy chủ không còn nhận dấu đã lưu: toàn bộ địa bàn được gửi lại",
    ),
    "sync-unreadable": (
        "{path} holds no cursor: the whole area is told again",
        "{path} không chứa dấu đã lưu: toàn bộ địa bàn được gửi lại",
    ),
    "sync-left": ("stands there no longer: {id}", "không còn ở đó: {id}"),
    "nobody-s": ("nobody in particular", "không phân công"),
    "visits": ("          {since} .. {until}: {who}", "          {since} .. {until}: {who}"),
    "too-many": (
        "Too many people fit: not all were looked at. Tell a birth date or a number.",
        "Quá nhiều người phù hợp, chưa xem hết: hãy nêu ngày sinh hoặc số định danh.",
    ),
    "fact-hidden": (
        "What it says lies outside of what you may see.",
        "Nội dung nằm ngoài phạm vi bạn được xem.",
    ),
    "names-of-today": (
        "Names are sought as of today: with --as-of or --as-known name an --identifier, a --household or a --person.",
        "Chỉ tìm họ tên ở hiện tại: với --as-of hoặc --as-known hãy nêu --identifier, --household hoặc --person.",
    ),
    "candidate-what": (
        "Say who is looked for: a name or an --identifier.",
        "Hãy nêu cần tìm ai: họ tên hoặc --identifier.",
    ),
    "wants-id": (
        "An id is wanted, as 0195e2a3-7c4b-7d21-9f3e-2b6a1c8d4e5f.",
        "Cần một mã, ví dụ 0195e2a3-7c4b-7d21-9f3e-2b6a1c8d4e5f.",
    ),
    "wants-area": (
        "The id of an area is wanted, as 10525-20200101-001.",
        "Cần mã địa bàn, ví dụ 10525-20200101-001.",
    ),
    "wants-unit": ("The id of a unit is wanted, as 10525-20250701.", "Cần mã đơn vị, ví dụ 10525-20250701."),
    "wants-place": (
        "The id of a unit or an area is wanted, as 10525-20250701 or 10525-20200101-001.",
        "Cần mã đơn vị hoặc mã địa bàn, ví dụ 10525-20250701 hoặc 10525-20200101-001.",
    ),
    "no-household-number": (
        "{number} is no number of a household: write digits, as 14, or a sheet's number, as 14.2.",
        "{number} không phải số hộ: hãy viết bằng chữ số, ví dụ 14, hoặc số phiếu, ví dụ 14.2.",
    ),
    "find-what": (
        "Name whom to find: a name, --identifier, --household or --person.",
        "Hãy nêu cần tìm ai: họ tên, --identifier, --household hoặc --person.",
    ),
}

_FILES: Final = {
    errno.ENOENT: "không có tệp hoặc thư mục này",
    errno.EISDIR: "là thư mục, không phải tệp",
    errno.ENOTDIR: "đường dẫn đi qua một tệp, không phải thư mục",
    errno.EACCES: "không được phép mở",
    errno.EROFS: "không ghi được vào nơi này",
    errno.ENOSPC: "ổ đĩa đã đầy",
}


def say(language: Language, key: str, **values: object) -> str:
    """Give a sentence in a language; of one alone that which ends in `-1`, where there is one."""
    one = f"{key}-1" if values.get("n") == 1 else key
    told = {name: dated(language, value) if isinstance(value, str) else value for name, value in values.items()}
    return WORDS.get(one, WORDS[key])[language == "vi"].format(**told)


def file_text(language: Language, error: OSError) -> str:
    """Say why a file cannot be opened or written; what is rare, as the system says it."""
    told = error.strerror or str(error)
    return _FILES.get(error.errno or 0, told) if language == "vi" else told


def note_text(language: Language, note: str) -> str:
    """Give the words of a note that a fact left; one that this version does not know stands for itself."""
    return NOTES.get(note, (note, note))[language == "vi"]


def need_text(language: Language, need: str) -> str:
    """Say in words what a report waits for; what is on no books yet is known by its id alone."""
    what, colon, id_ = need.partition(":")
    if not colon or f"need-{what}" not in WORDS:
        return need
    number = ""
    if what == "sequence":
        id_, _, number = id_.rpartition(":")
    return say(language, f"need-{what}", id=id_, number=number)
