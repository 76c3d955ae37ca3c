"""What does the help say, in English and in Vietnamese, of each command and of what can be said to it?"""

from typing import Final

ABOUT: Final = (
    """The population ledger from a terminal: report changes, see what became of them, look people and figures up.

It speaks to the gateway like any client, as one of the sandbox's clients of .socai/run.json (or of the file that
SOCAI_RUN names): each command has one that it speaks as, --as names another. Days are typed as 2026-10-20 or
20/10/2026.
""",
    """Sổ cái dân số trên dòng lệnh: gửi báo cáo thay đổi, xem kết quả xử lý, tra cứu người và số liệu.

Lệnh nói chuyện với cổng như mọi hệ thống khách, dưới tên một hệ thống khách thử nghiệm trong .socai/run.json (hoặc
trong tệp nêu ở SOCAI_RUN): mỗi lệnh có sẵn một tên, --as chọn tên khác. Ngày gõ dạng 20/10/2026 hoặc 2026-10-20.
""",
)
COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "report": (
        "Send reports: one CloudEvent, or NDJSON with one a line. Sending a file again is safe.",
        "Gửi báo cáo: một CloudEvent, hoặc NDJSON mỗi dòng một báo cáo. Gửi lại cùng tệp không bị ghi trùng.",
    ),
    "device": (
        """Enrol a device (its key is made, and kept beside the run file), list or revoke its keys, count what it sent.
What is revoked is the key that is kept here, or else the one that the server has of the device.""",
        """Đăng ký thiết bị (khóa được tạo và giữ cạnh tệp chạy), liệt kê hoặc thu hồi khóa, hoặc đếm những gì đã gửi.
Khóa bị thu hồi là khóa đang giữ tại đây, nếu không còn thì là khóa của thiết bị trên máy chủ.""",
    ),
    "sync": (
        "Follow an area: what the server has and lacks of a device, and what changed there since the last time.",
        "Theo dõi địa bàn: máy chủ đã có và còn thiếu gì của thiết bị, và có gì thay đổi từ lần trước.",
    ),
    "born": (
        "Report a birth; the new person's id is made, and printed where the report was taken.",
        "Báo trẻ sinh ra; mã của trẻ được tạo, và in ra nếu báo cáo được nhận.",
    ),
    "tell": (
        "Report anything, field by field; without fields they are listed, and without a kind all kinds.",
        "Gửi báo cáo loại bất kỳ theo từng trường; không nêu trường hoặc loại thì liệt kê.",
    ),
    "correct": (
        "Put fields of a recorded report right; earlier corrections are found by themselves.",
        "Đính chính các trường của báo cáo đã ghi nhận; các lần đính chính trước được tự tìm.",
    ),
    "void": ("Take a report back, or one correction alone.", "Hủy một báo cáo, hoặc riêng một lần đính chính."),
    "why": (
        "Explain what became of a report, what it changed and what amended it.",
        "Giải thích kết quả xử lý của báo cáo, báo cáo đã thay đổi gì và được sửa bởi báo cáo nào.",
    ),
    "find": (
        "Find persons by name (diacritics or not), identifier or household, now or then.",
        "Tìm người theo họ tên (có dấu hoặc không), số định danh hoặc hộ, hiện tại hoặc trước đây.",
    ),
    "area": (
        "Write everybody on the books of areas, or of all areas of units, with moves that lack their other half.",
        "Ghi ra mọi người trong sổ của địa bàn hoặc của mọi địa bàn thuộc đơn vị, kèm các lượt chuyển thiếu một đầu.",
    ),
    "candidates": (
        "Find who may be on the books already, with reasons, before somebody is put on them again.",
        "Tìm ai có thể đã có trong sổ, kèm lý do, trước khi đưa một người vào sổ lần nữa.",
    ),
    "unmatched": (
        "List moves that lack their other half, the oldest first.",
        "Liệt kê các lượt chuyển còn thiếu một đầu, cũ nhất trước.",
    ),
    "queue": (
        "List what waits for the office, or was handed over to it, oldest first.",
        "Liệt kê những gì đang chờ cán bộ xã hoặc đã bàn giao cho xã, cũ nhất trước.",
    ),
    "overdue": (
        "List what has waited for days for another report that has not come, and what it needs.",
        "Liệt kê những báo cáo đã chờ nhiều ngày một báo cáo khác chưa đến, và cần gì.",
    ),
    "approve": (
        "Approve reports that wait for the office: those named, or with --all whatever `socai queue` lists.",
        "Duyệt các báo cáo đang chờ cán bộ xã: những báo cáo được nêu, hoặc với --all mọi báo cáo trong `socai queue`.",
    ),
    "return": (
        "Return reports of the queue, or what waits in vain for another report, to their senders, who tell them anew.",
        "Trả báo cáo đang chờ duyệt, hoặc báo cáo chờ mãi một báo cáo khác, về bên gửi để báo lại.",
    ),
    "amend": (
        "Approve a report with a correction: both are recorded, or neither.",
        "Duyệt báo cáo kèm đính chính: ghi nhận cả hai, hoặc không ghi nhận.",
    ),
    "advance": (
        "Have a report decided that waits for numbers which its device lost, with all that wait before it.",
        "Cho xử lý một báo cáo đang chờ những số thứ tự mà thiết bị đã mất, cùng mọi báo cáo chờ trước đó.",
    ),
    "sheets": (
        "List the P0 sheets that are due: to draw up or to appraise, the oldest first; of one month all of them.",
        "Liệt kê các phiếu P0 đến hạn: cần lập hoặc cần thẩm định, cũ nhất trước; với một tháng thì mọi phiếu.",
    ),
    "sheet": (
        """Show what stands on a P0 sheet, list by list, draw it up, appraise it, give it back, or approve it whole: its
reports first, then, if none of them is refused, the sheet.
Its reports are those of its area that wait and took effect in its month; corrections are approved by name.""",
        """Xem phiếu P0 theo từng danh sách, lập phiếu, thẩm định, trả lại, hoặc duyệt cả phiếu: các báo cáo
trước, rồi đến phiếu nếu không báo cáo nào bị từ chối.
Báo cáo của phiếu là những báo cáo đang chờ của địa bàn có hiệu lực trong tháng; đính chính thì duyệt riêng.""",
    ),
    "month": (
        "Close the books of a commune for a month, open them again, or show how they stand.",
        "Khóa sổ của xã cho một tháng, mở lại, hoặc xem tình trạng sổ.",
    ),
    "assign": (
        "Say which collaborator visits an area from a day on; without one the area is nobody's in particular.",
        "Phân công cộng tác viên phụ trách địa bàn từ một ngày; không nêu ai thì địa bàn không phân công.",
    ),
    "figures": (
        "Show population, flows, the balance or the units as a table.",
        "Xem dân số, biến động, cân đối hoặc các đơn vị dưới dạng bảng.",
    ),
    "feed": ("Print what changed as a partner may see it.", "In ra những thay đổi mà đối tác được xem."),
    "status": ("Show how far each service has come.", "Xem mỗi dịch vụ đã xử lý đến đâu."),
    "headers": (
        "Print a fresh token and proof for one request that is typed by hand.",
        "In ra mã truy cập và bằng chứng mới cho một yêu cầu gõ bằng tay.",
    ),
}
# What can be said to a command, by the command and the option, or by the option where it means the same everywhere.
OPTIONS: Final[dict[str, tuple[str, str]]] = {
    "help": ("show this help", "xem trợ giúp này"),
    "lang": ("language of all texts; by default that of LANG", "ngôn ngữ của mọi văn bản; mặc định theo LANG"),
    "run": (
        "the run file, in place of SOCAI_RUN and .socai/run.json",
        "tệp chạy, thay cho SOCAI_RUN và .socai/run.json",
    ),
    "speaks_as": ("speak as this client of the run file", "dùng hệ thống khách này của tệp chạy"),
    "reason": ("why", "lý do"),
    "limit": ("how many at most", "nhiều nhất bao nhiêu"),
    "cursor": ("where the last page ended", "nơi trang trước kết thúc"),
    "unit": (
        "a unit or area; by default the places of the client that speaks",
        "đơn vị hoặc địa bàn; mặc định là nơi của hệ thống khách",
    ),
    "area": ("an area", "một địa bàn"),
    "device": ("the device's name", "tên thiết bị"),
    "household": ("the household's id", "mã hộ"),
    "person": ("the person's id", "mã người"),
    "name": ("surname, middle and given name", "họ, tên đệm và tên"),
    "sex": ("her or his sex", "giới tính"),
    "identifier": ("pid (default), cmnd, bhyt or bhxh", "pid (mặc định), cmnd, bhyt hoặc bhxh"),
    "changes": ("null empties an optional field", "null xóa trống một trường không bắt buộc"),
    "member": ("the person whose line of an A0 sheet it is", "người có dòng cần sửa trong phiếu A0"),
    "as_known": ("as known at this position or instant", "theo những gì đã biết tại vị trí hoặc thời điểm này"),
    "not_before": ("wait until this position is known", "chờ đến khi biết vị trí này"),
    "month": ("the month", "tháng"),
    "action": ("what to do", "việc cần làm"),
    "kind": ("only reports of this kind, e.g. person.died", "chỉ báo cáo loại này, ví dụ person.died"),
    "fate": ("only what somebody else's collaborator told", "chỉ những gì cộng tác viên của nơi khác báo"),
    "report": ("the id of the original report", "mã báo cáo gốc"),
    "reports": ("ids of reports", "mã các báo cáo"),
    "all": (
        "all of the queue, as the options below narrow it",
        "mọi báo cáo chờ duyệt, lọc theo các tùy chọn dưới",
    ),
    "note": ("what to note with it", "ghi chú kèm theo"),
    "report.file": ("a file, or - for standard input", "một tệp, hoặc - để đọc từ đầu vào chuẩn"),
    "report.answers": (
        "keep the answer to each line here, as NDJSON",
        "giữ câu trả lời cho từng dòng tại đây, dạng NDJSON",
    ),
    "report.sign": (
        "sign what this device's client sends, with the device's key",
        "ký những gì hệ thống khách của thiết bị này gửi, bằng khóa của thiết bị",
    ),
    "device.speaks_as": (
        "enrol, counters: whose device it is; keys, revoke: speak as this client",
        "enrol, counters: thiết bị của hệ thống khách này; keys, revoke: dùng hệ thống khách này",
    ),
    "device.on": (
        "valid from, or not trusted since; by default today",
        "hiệu lực từ, hoặc không tin cậy từ; mặc định hôm nay",
    ),
    "device.until": ("the last day on which it is valid", "ngày cuối cùng còn hiệu lực"),
    "device.place": (
        "the unit or area it reports for; by default its client's first",
        "đơn vị hoặc địa bàn mà thiết bị báo cáo; mặc định là nơi đầu tiên của hệ thống khách",
    ),
    "device.key": (
        "which key, where devices of that name have several (`socai device keys`)",
        "khóa nào, khi các thiết bị tên này có nhiều khóa (`socai device keys`)",
    ),
    "sync.anew": (
        "build the area from nothing, not from where it ended",
        "dựng lại địa bàn từ đầu, không tiếp từ lần trước",
    ),
    "born.on": ("the day of birth", "ngày sinh"),
    "born.mother": ("the mother's id", "mã người mẹ"),
    "born.order": ("which child of the mother it is", "con thứ mấy của người mẹ"),
    "correct.previous": (
        "the latest correction, when it shall not be looked up",
        "lần đính chính gần nhất, khi không cần tự tìm",
    ),
    "why.what": ("a report's id or a ledger position", "mã báo cáo hoặc vị trí trong sổ cái"),
    "why.personal": ("show names and numbers too", "hiện cả họ tên và các số"),
    "find.area": (
        "with --number: a household of an area's A0 book",
        "cùng --number: một hộ trong sổ A0 của địa bàn",
    ),
    "find.number": ("the household's number, or that of one of its sheets", "số hộ, hoặc số phiếu của hộ"),
    "find.history": (
        "how a --person, --household or --unit came to be what it is",
        "--person, --household hoặc --unit đã thay đổi thế nào để như hiện nay",
    ),
    "find.unit": ("only within this unit or area", "chỉ trong đơn vị hoặc địa bàn này"),
    "find.as_of": ("as it was at the end of this day", "như vào cuối ngày này"),
    "area.place": ("an area, or a unit with all of its areas", "một địa bàn, hoặc một đơn vị cùng mọi địa bàn của nó"),
    "area.out": ("the file to write; standard output without it", "tệp cần ghi; không nêu thì ghi ra đầu ra chuẩn"),
    "candidates.birth": ("a year, a month or a day", "năm, tháng hoặc ngày sinh"),
    "candidates.previous": (
        "the unit or area that she is said to come from",
        "đơn vị hoặc địa bàn được cho là nơi đi",
    ),
    "candidates.relative": ("whom she lives or lived with", "người đang hoặc đã từng sống cùng"),
    "unmatched.unit": (
        "only what begins or ends within this unit or area",
        "chỉ lượt chuyển đi hoặc đến trong đơn vị hoặc địa bàn này",
    ),
    "unmatched.side": ("only this half", "chỉ đầu này"),
    "queue.month": ("only what took effect in this month", "chỉ những gì có hiệu lực trong tháng này"),
    "approve.month": ("only what took effect in this month", "chỉ những gì có hiệu lực trong tháng này"),
    "return.month": ("only what took effect in this month", "chỉ những gì có hiệu lực trong tháng này"),
    "overdue.days": (
        "for how long it waits; by default what the installation sets",
        "đã chờ bao nhiêu ngày; mặc định theo cài đặt",
    ),
    "amend.report": ("the id of a report in the queue", "mã một báo cáo đang chờ duyệt"),
    "advance.report": (
        "the id of a report that `socai overdue` lists",
        "mã một báo cáo trong danh sách `socai overdue`",
    ),
    "sheets.month": (
        "how the sheet of each area stands in this month",
        "tình trạng phiếu của từng địa bàn trong tháng này",
    ),
    "sheets.since": (
        "the first month to look at; by default that in which an area came on these books",
        "tháng đầu tiên cần xem; mặc định là tháng địa bàn vào sổ này",
    ),
    "sheet.lines": ("how many reports the collaborator told", "số báo cáo mà cộng tác viên đã báo"),
    "sheet.reason": ("why it is given back", "vì sao trả lại"),
    "month.commune": ("the commune", "xã"),
    "month.reason": ("why it is opened again", "vì sao mở lại"),
    "assign.collaborator": ("the client as which she reports", "hệ thống khách mà cộng tác viên dùng để báo cáo"),
    "assign.on": ("the first day; by default today", "ngày đầu tiên; mặc định hôm nay"),
    "assign.until": ("the last day", "ngày cuối cùng"),
    "tell.kind": ("the kind of report, e.g. person.died", "loại báo cáo, ví dụ person.died"),
    "tell.fields": (
        "what the report says; in place of an id, new makes one",
        "nội dung báo cáo; new thay cho một mã thì tạo mã mới",
    ),
    "figures.figure": ("which figures", "số liệu nào"),
    "figures.unit": (
        "by default the last of the client's own places; VN: everywhere",
        "mặc định là nơi cuối cùng của hệ thống khách; VN: cả nước",
    ),
    "figures.month": (
        "the month; for flows and a balance in place of --from and --to",
        "tháng; với biến động và cân đối thì thay cho --from và --to",
    ),
    "figures.from": ("for flows and a balance: the first month", "với biến động và cân đối: tháng đầu"),
    "figures.to": ("for flows and a balance: the last month", "với biến động và cân đối: tháng cuối"),
    "figures.by": ("area, commune, province, sex, age, month ...", "area, commune, province, sex, age, month ..."),
    "figures.kind": ("for flows: births, deaths, moves_in ...", "với biến động: births, deaths, moves_in ..."),
    "figures.geography": ("units as they stood on this day", "các đơn vị như vào ngày này"),
    "figures.geography_from": ("for a balance: units at its beginning", "với cân đối: các đơn vị ở đầu kỳ"),
    "figures.as_of": ("for units: as they stood on this day", "với các đơn vị: như vào ngày này"),
    "figures.not_before": ("wait until this position is counted", "chờ đến khi vị trí này được tính"),
    "figures.csv": ("CSV for programs", "CSV cho chương trình"),
    "feed.follow": ("wait for more until interrupted", "chờ thêm cho đến khi bị ngắt"),
    "feed.cursor": ("where the last reading ended", "nơi lần đọc trước kết thúc"),
    "feed.limit": ("events in one answer", "số sự kiện trong một câu trả lời"),
    "feed.json": ("whole CloudEvents, one a line", "CloudEvent đầy đủ, mỗi dòng một sự kiện"),
    "headers.client": ("the client of the run file", "hệ thống khách của tệp chạy"),
    "headers.method": ("the request's method", "phương thức của yêu cầu"),
    "headers.url": ("the request's address", "địa chỉ của yêu cầu"),
}
# What argparse itself and the usage lines say, in Vietnamese.
HEADINGS: Final = {"positional arguments": "cần nêu", "options": "tùy chọn", "commands": "các lệnh"}
METAVARS: Final = {
    "AREA": "ĐỊA_BÀN",
    "CLIENT": "HỆ_THỐNG_KHÁCH",
    "COMMAND": "LỆNH",
    "COMMUNE": "XÃ",
    "CURSOR": "CON_TRỎ",
    "CUT": "PHÂN_TỔ",
    "DATE": "NGÀY",
    "DAYS": "SỐ_NGÀY",
    "DEVICE": "THIẾT_BỊ",
    "FIELD=VALUE": "TRƯỜNG=GIÁ_TRỊ",
    "FILE": "TỆP",
    "FLOW": "BIẾN_ĐỘNG",
    "ID": "MÃ",
    "KEY": "KHÓA",
    "KIND": "LOẠI",
    "LIMIT": "SỐ_LƯỢNG",
    "METHOD": "PHƯƠNG_THỨC",
    "NAME": "HỌ_TÊN",
    "NOTE": "GHI_CHÚ",
    "PLACE": "NƠI",
    "POSITION": "VỊ_TRÍ",
    "REASON": "LÝ_DO",
    "REPORT": "BÁO_CÁO",
    "REPORT|POSITION": "BÁO_CÁO|VỊ_TRÍ",
    "RUN": "TỆP_CHẠY",
    "UNIT": "ĐƠN_VỊ",
    "WHEN": "LÚC",
    "[TYPE:]VALUE": "[LOẠI:]SỐ",
}
# What argparse says of a wrong command line, as patterns, and the same in Vietnamese; the first that fits counts.
FAULTS: Final = (
    (r"the following arguments are required: (.*)", r"còn thiếu: \1"),
    (r"unrecognized arguments: (.*)", r"không có mục này: \1"),
    (r"ambiguous option: (.*) could match (.*)", r"\1 có thể là \2"),
    (r"argument (.*?): invalid choice: (.*) \(choose from (.*)\)", r"\1: không có lựa chọn \2; chọn một trong: \3"),
    (r"argument (.*?): invalid (?:int|count) value: (.*)", r"\1: \2 không phải là số nguyên"),
    (r"argument (.*?): (.*) is less than 1", r"\1: \2 nhỏ hơn 1"),
    (r"argument (.*?): expected one argument", r"\1: cần một giá trị"),
    (r"argument (.*?): expected at least one argument", r"\1: cần ít nhất một giá trị"),
    (r"argument (.*?): ignored explicit argument (.*)", r"\1: không nhận giá trị \2"),
)
