"""How is whoever imports told what came of it, in few lines and without anybody's data?"""

from collections import Counter
from collections.abc import Iterator, Sequence

from kit.http.problems import Language
from services.events.importing.checking import Checking
from services.events.importing.totals import MEASURES, Difference
from services.events.importing.verdicts import FATES, Verdicts, harmless, shown

WORDS: dict[str, tuple[str, str]] = {
    "area": ("area", "địa bàn"),
    "households": ("households", "số hộ"),
    "persons": ("persons", "nhân khẩu"),
    "male": ("male", "nam"),
    "female": ("female", "nữ"),
    "unknown": ("sex unknown", "không rõ giới tính"),
    "rows": ("rows", "số dòng"),
    **FATES,
    "totals": ("counted", "đã đếm"),
    "totals-of-right": ("counted in what is right", "đã đếm trong các dòng đúng"),
    "differs": ("the sheet says", "sổ ghi"),
    "unread-table": ("worksheet that was not read", "trang không được đọc"),
    "unread-column": ("column that was not read", "cột không được đọc"),
    "nothing": ("nothing was sent", "chưa gửi gì"),
    "more": ("more are in the file of verdicts (--verdicts)", "xem thêm trong tệp kết quả (--verdicts)"),
    "table": ("whole sheet", "toàn trang"),
}

PROGRESS: dict[str, tuple[str, str]] = {
    "checking": ("checking: {rows:,} rows, {wrong:,} wrong", "đang kiểm tra: {rows:,} dòng, {wrong:,} sai"),
    "checked": ("checked: {reports:,} reports in {seconds:.1f} s", "đã kiểm tra: {reports:,} báo cáo, {seconds:.1f} s"),
    "rehearsed": ("rehearsed: {rows:,} rows", "đã thử: {rows:,} dòng"),
    "held-back": (
        "as long as anything is wrong nothing is sent; --partial sends what would be recorded",
        "còn chỗ sai thì chưa gửi gì; --partial chỉ gửi phần sẽ được ghi nhận",
    ),
    "sender-needed": (
        "to send it, leave --dry-run out and name with --sender in whose name it is reported",
        "để gửi: bỏ --dry-run và cần nêu --sender (báo cáo nhân danh ai)",
    ),
    "sending": (
        "sent: {done:,} of {reports:,} reports, {rate:,.0f}/s",
        "đã gửi: {done:,}/{reports:,} báo cáo, {rate:,.0f}/s",
    ),
    "sent": (
        "sent: {done:,} of {reports:,} reports in {seconds:.1f} s",
        "đã gửi: {done:,}/{reports:,} báo cáo, {seconds:.1f} s",
    ),
    "interrupted": (
        "stopped before the end: the same command with --resume goes on",
        "đã dừng giữa chừng: để gửi tiếp, chạy lại lệnh này và thêm --resume",
    ),
    "lost-since": (
        "the ledger lacks what was sent before (a restored backup?): all is sent, and what it has is recognised",
        "sổ cái không có phần đã gửi trước (phục hồi bản sao lưu?): gửi lại toàn bộ, phần đã có sẽ được nhận ra",
    ),
    "read-otherwise": (
        "the file is read otherwise by now: all of it is sent, and what was sent before is recognised",
        "tệp nay được đọc khác trước: gửi lại toàn bộ, phần đã gửi sẽ được nhận ra",
    ),
}


def said(language: Language, name: str, **values: object) -> str:
    """Say how far an import is."""
    return PROGRESS[name][language == "vi"].format(**values)


def told_about(
    checking: Checking,
    differences: Sequence[Difference],
    verdicts: Verdicts,
    sent: Counter[str],
    language: Language,
    rehearsed: bool,  # noqa: FBT001 - as the command line has it
) -> str:
    """Sum up: control totals by area, what became of the rows, and the first things that are wrong."""

    def word(name: str) -> str:
        return WORDS[name][1 if language == "vi" else 0]

    counted = word("totals-of-right" if checking.left_out else "totals")

    def lines() -> Iterator[str]:
        for area, counts in checking.totals.by_area().items():
            measures = [one for one in MEASURES if counts[one] or one != "unknown"]
            yield f"{area}: " + ", ".join(f"{word(one)} {counts[one]:,}" for one in measures)
        for one in differences:
            place = " ".join(part for part in (harmless(one.table), one.area or word("table")) if part)
            yield f"! {place}: {word(one.measure)}: {word('differs')} {one.stated:,}, {counted} {one.counted:,}"
        yield f"{word('rows')}: " + ", ".join(
            f"{word(fate) if fate in WORDS else fate} {count:,}" for fate, count in sorted(verdicts.fates.items())
        )
        for name in checking.unread_tables:
            yield f"! {word('unread-table')}: {harmless(name)}"
        for table, column in checking.unread_columns:
            yield f"! {word('unread-column')}: {' '.join(filter(None, (harmless(table), column)))}"
        yield from (shown(one, language) for one in verdicts.first)
        if sum(verdicts.codes.values()) > len(verdicts.first):
            yield f"  {word('more')}"
        for code, count in verdicts.codes.most_common():
            yield f"  {code}: {count:,}"
        if rehearsed or not sent:
            yield word("nothing")

    return "\n".join(lines()) + "\n"
