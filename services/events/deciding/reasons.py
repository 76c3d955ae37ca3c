"""Why can a report not be recorded, in words for both languages? One table; a code without words fails a test."""

from collections.abc import Iterable

import msgspec

from kit.http.faults import worded
from kit.http.problems import ContradictsRecord, InvalidRequest, Problem, PurposeNotPermitted, Reason, Text
from services.events.deciding.decide import Refused
from services.events.state.refold import LATER

REASONS: dict[str, Text] = {
    "assigned-to-another": Text(
        "The area is assigned to another collaborator: the office there decides.",
        "Địa bàn này do cộng tác viên khác phụ trách: cán bộ xã ở đó sẽ quyết định.",
    ),
    "already-appraised": Text("The sheet is appraised already.", "Phiếu này đã được thẩm định."),
    "already-closed": Text("The month is closed already.", "Tháng này đã khóa sổ."),
    "already-drawn-up": Text("The sheet is drawn up already.", "Phiếu này đã được lập."),
    "already-dead": Text("The person is dead by then.", "Người này đã chết vào ngày đó."),
    "already-head": Text("The person is the head already.", "Người này đã là chủ hộ."),
    "already-known": Text(
        "The person, household or unit is on the books already: tell a move, or correct the registration.",
        "Người, hộ hoặc đơn vị này đã có trong sổ: hãy báo chuyển đến hoặc đính chính lần đăng ký.",
    ),
    "already-married": Text("One of the two is married by then.", "Một trong hai người đang có vợ/chồng vào ngày đó."),
    "already-there": Text("That is where it stands already.", "Đã ở đúng nơi này rồi."),
    "already-voided": Text("The fact was voided.", "Sự kiện này đã bị hủy."),
    "area-of-another-unit": Text(
        "The area belongs to another unit than the one that gets the household.",
        "Địa bàn này không thuộc đơn vị tiếp nhận hộ.",
    ),
    "before-birth": Text("The date is before the birth.", "Ngày báo cáo trước ngày sinh."),
    "before-household-known": Text(
        "The date is before the household's registration: correct that date instead.",
        "Ngày báo cáo trước ngày đăng ký hộ: hãy đính chính ngày đăng ký.",
    ),
    "before-person-known": Text(
        "The date is before the person's registration: correct that date instead.",
        "Ngày báo cáo trước ngày đăng ký người này: hãy đính chính ngày đăng ký.",
    ),
    "before-unit-known": Text(
        "The date is before the unit or area exists.", "Ngày báo cáo trước khi đơn vị hoặc địa bàn được lập."
    ),
    "below-of-wrong-level": Text(
        "What lies below the unit does not fit below the new level.", "Đơn vị trực thuộc không phù hợp với cấp mới."
    ),
    "born-after-event": Text("A birth date is after the date of the event.", "Ngày sinh sau ngày của sự kiện."),
    LATER: Text("Later facts would no longer fit.", "Các sự kiện ghi sau sẽ không còn phù hợp."),
    "contradicted-elsewhere": Text(
        "The office there approved it, but it contradicts what is on its books: the office knows why.",
        "Cán bộ xã ở đó đã duyệt nhưng nội dung trái với sổ ở đó: cán bộ xã đó biết lý do.",
    ),
    "decision-of-the-office": Text(
        "A decision of the office is followed by another, not corrected or voided.",
        "Quyết định của cán bộ xã được thay bằng quyết định mới, không đính chính hay hủy.",
    ),
    "departure-missing": Text(
        "The person still lives in another household then: the departure from there is missing.",
        "Vào ngày đó người này vẫn đang ở một hộ khác: còn thiếu báo cáo chuyển đi khỏi hộ đó.",
    ),
    "field-is-fixed": Text(
        "This field says whom the report is about: void it and tell it anew.",
        "Trường này xác định đối tượng của báo cáo: hãy hủy và báo cáo lại.",
    ),
    "household-ended": Text(
        "The household was merged or dissolved by then.", "Hộ đã nhập vào hộ khác hoặc đã giải thể vào ngày đó."
    ),
    "household-not-empty": Text(
        "Somebody lives in the household: say what becomes of everybody.",
        "Trong hộ vẫn còn người: hãy cho biết từng người chuyển đi đâu.",
    ),
    "household-elsewhere": Text(
        "The household does not stand in the divided unit then.", "Hộ này không ở trong đơn vị được chia vào ngày đó."
    ),
    "households-in-the-future": Text(
        "Single households are named from the day of the division on: tell it of whole areas now, and correct it then.",
        "Từng hộ chỉ được nêu từ ngày chia tách trở đi: nay hãy báo các địa bàn trọn vẹn, đến ngày đó thì đính chính.",
    ),
    "id-says-another-commune": Text(
        "An area's id begins with the commune in which it is founded.",
        "Mã địa bàn phải bắt đầu bằng mã của xã nơi địa bàn được lập.",
    ),
    "id-says-another-day": Text(
        "A unit's id ends with the day on which it is founded.", "Mã đơn vị phải kết thúc bằng ngày thành lập."
    ),
    "id-taken": Text(
        "Another report has that id already: give the correction one of its own.",
        "Mã này đã thuộc báo cáo khác: hãy dùng mã riêng cho lần đính chính.",
    ),
    "in-the-future": Text("The date lies in the future.", "Ngày báo cáo ở tương lai."),
    "on-another-desk": Text(
        "One of the reports touches another office's people by now: it lies on the desk there.",
        "Có báo cáo nay thuộc địa bàn của cán bộ xã khác: đã được chuyển đến đó.",
    ),
    "levels-differ": Text("Only units of one level merge.", "Chỉ sáp nhập các đơn vị cùng cấp."),
    "merged-into-another": Text(
        "The person was struck off as a double of another: name that one.",
        "Bản ghi này đã được hợp nhất vào bản ghi khác của cùng một người: hãy báo theo bản ghi còn lại.",
    ),
    "month-closed": Text("The books of that month are closed.", "Sổ của tháng đó đã khóa."),
    "mother-dead": Text("The mother is dead by then.", "Người mẹ đã chết vào ngày đó."),
    "mother-male": Text("The mother is recorded as male.", "Người mẹ được ghi là nam."),
    "newborn-told-twice": Text(
        "The child is on the books already under another id.", "Trẻ này đã có trong sổ với mã khác."
    ),
    "no-such-member": Text("The sheet has no such member.", "Phiếu hộ không có thành viên này."),
    "not-closed": Text("The month is not closed.", "Tháng này chưa khóa sổ."),
    "not-drawn-up": Text("The sheet is not drawn up.", "Phiếu này chưa được lập."),
    "not-in-the-queue": Text(
        "One of the reports does not wait for this decision.", "Có báo cáo không chờ quyết định này."
    ),
    "not-a-commune": Text("That unit is no commune.", "Đơn vị này không thuộc cấp xã."),
    "not-a-household": Text("That id belongs to no household.", "Mã này không phải là mã hộ."),
    "not-a-member": Text("The person does not live in the household then.", "Người này không ở trong hộ vào ngày đó."),
    "not-a-person": Text("That id belongs to no person.", "Mã này không phải là mã người."),
    "not-a-unit": Text("That id belongs to no administrative unit.", "Mã này không phải là đơn vị hành chính."),
    "not-an-original": Text(
        "A correction is corrected through its original: name that.",
        "Muốn sửa một lần đính chính, hãy nêu báo cáo gốc.",
    ),
    "not-in-transit": Text(
        "The person is not between two places then.", "Người này không ở tình trạng đang chuyển nơi ở vào ngày đó."
    ),
    "not-married": Text("The person is not married then.", "Người này không có vợ/chồng vào ngày đó."),
    "not-resident": Text("The person lives nowhere on the books then.", "Người này không cư trú ở hộ nào vào ngày đó."),
    "not-separated": Text("The person is not separated then.", "Người này không ly thân vào ngày đó."),
    "not-the-latest": Text(
        "It was corrected since: name the latest correction as `previous`.",
        "Báo cáo đã được đính chính sau đó: hãy nêu lần đính chính mới nhất ở `previous`.",
    ),
    "not-right-below": Text(
        "The place does not lie right below the divided unit.",
        "Địa bàn hoặc đơn vị này không trực thuộc đơn vị được chia.",
    ),
    "not-shared-out": Text(
        "No part gets everything that lies below the divided unit: say which one gets the rest.",
        "Chưa chia hết các địa bàn, đơn vị trực thuộc: hãy nêu phần nhận toàn bộ phần còn lại.",
    ),
    "nothing-above": Text("There is no unit above it.", "Không có đơn vị cấp trên."),
    "nothing-changes": Text("That is what is recorded already.", "Nội dung này trùng với điều đã ghi."),
    "outside-the-areas": Text(
        "It touches no place that its sender may report for.", "Không thuộc địa bàn mà bên gửi được phép báo cáo."
    ),
    "own-double": Text("Nobody is her own double.", "Không thể hợp nhất một bản ghi với chính nó."),
    "own-mother": Text("Nobody is her own mother.", "Không ai là mẹ của chính mình."),
    "own-spouse": Text("Nobody marries herself.", "Không ai kết hôn với chính mình."),
    "parent-of-wrong-level": Text(
        "The unit above (`parent`) is not named, or of the wrong level.",
        "Chưa nêu đơn vị cấp trên (`parent`), hoặc đơn vị đó không đúng cấp.",
    ),
    "recorded-as-male": Text("The person is recorded as male.", "Người này được ghi là nam."),
    "relation-is-head": Text(
        "The person is the head: tell who is head instead.", "Người này là chủ hộ: hãy báo thay đổi chủ hộ."
    ),
    "seen-by-the-office-first": Text(
        "The office looks at reports of this kind first.",
        "Loại báo cáo này phải được cán bộ xã duyệt trước khi ghi nhận.",
    ),
    "spouse-on-record": Text(
        "The spouse is on record: tell the separation, the divorce or the death.",
        "Vợ/chồng đã có trong sổ: hãy báo ly thân, ly hôn hoặc qua đời.",
    ),
    "returned-by-the-office": Text(
        "The office returned it: tell it anew under another id.",
        "Cán bộ xã đã trả lại: hãy báo cáo lại với mã khác.",
    ),
    "target-refused": Text("The report that it names was refused.", "Báo cáo được nêu đã bị từ chối."),
    "target-told-already": Text(
        "The report that it names told what was recorded already: name the report of that fact.",
        "Báo cáo được nêu chỉ báo lại điều đã ghi: hãy nêu báo cáo của sự kiện đó.",
    ),
    "told-already": Text(
        "The same event is recorded already under another id: return the report.",
        "Sự kiện này đã được ghi với mã khác: hãy trả lại báo cáo.",
    ),
    "told-that-day": Text("This was told for that day already.", "Nội dung này đã được báo cho ngày đó."),
    "told-differently": Text(
        "The same event is recorded with other details: correct that one.",
        "Cùng sự kiện đã được ghi với chi tiết khác: hãy đính chính báo cáo đó.",
    ),
    "too-much-at-once": Text(
        "Too many later facts would change at once: report it in smaller parts.",
        "Quá nhiều sự kiện ghi sau phải thay đổi cùng lúc: hãy chia nhỏ báo cáo.",
    ),
    "unit-ended": Text("The unit or area has ended by then.", "Đơn vị hoặc địa bàn đã chấm dứt vào ngày đó."),
    "unknown-then": Text(
        "A later fact speaks of somebody who would no longer be on the books.",
        "Một sự kiện ghi sau nói về đối tượng sẽ không còn trong sổ.",
    ),
    "void-of-a-void": Text("A void is not voided: tell it again.", "Không thể hủy một báo cáo hủy: hãy báo cáo lại."),
    "waits-for-itself": Text(
        "The report rests on others that rest on it themselves: none of them can be the first.",
        "Báo cáo này dựa vào các báo cáo khác mà chính chúng lại dựa vào nó: không báo cáo nào có thể được ghi trước.",
    ),
    "key-enrolled": Text(
        "The key is enrolled already: a device that needs another one makes a new key.",
        "Khóa này đã được đăng ký: hãy tạo khóa mới nếu thiết bị cần khóa khác.",
    ),
    "key-revoked": Text("The key is revoked already.", "Khóa này đã bị thu hồi."),
    "key-stays": Text(
        "An enrolment is neither corrected nor voided, because signatures rest on it: revoke the key.",
        "Không đính chính hoặc hủy việc đăng ký khóa vì chữ ký đã dựa vào đó: hãy thu hồi khóa.",
    ),
}


refusal = msgspec.json.Decoder(Refused).decode
"""Read a kept refusal."""


def detail_of(refused: Refused) -> bytes:
    """Keep a refusal."""
    return msgspec.json.encode(refused)


def reasons_of(detail: bytes, *, office: bool) -> list[dict[str, object]]:
    """Tell for what a report was refused or returned, with the facts that it contradicts; to the `office` that approved
    it also what its sender may not know.
    """
    refused = refusal(detail)
    if office and refused.office is not None:
        refused = refused.office
    instead = {} if refused.instead is None else {"instead": refused.instead}
    reasons = _said(refused)
    contradicted = [_told(one.code, one.text) | {"facts": one.facts} | instead for one in reasons]
    return contradicted + [{"code": code, "pointer": pointer} for pointer, code, *_ in refused.errors]


def problem_of(refused: Refused) -> Problem:
    """Turn a refusal into the problem that a caller sees."""
    if refused.errors:
        return InvalidRequest(errors=[worded(*one) for one in refused.errors])
    if refused.code == PurposeNotPermitted.code:
        return PurposeNotPermitted(reasons=list(_words(refused.reasons)))
    return ContradictsRecord(reasons=_said(refused))


def _said(refused: Refused) -> list[Reason]:
    reasons = _words(refused.reasons, refused.instead)
    return list(map(_of_later, reasons) if refused.code == LATER else reasons)


def _of_later(reason: Reason) -> Reason:
    """Say of whom a reason speaks that is a fact on record: with what is told now, that one would be refused by it."""
    if reason.text is None or reason.code == LATER:
        return reason
    text = Text(
        f"A fact that is on record would no longer fit: {reason.text.en}",
        f"Một sự kiện đã ghi sẽ không còn phù hợp: {reason.text.vi}",
    )
    return reason._replace(text=text)


def told(code: str) -> dict[str, object]:
    """Give a reason with its words in both languages."""
    return _told(code, REASONS.get(code))


def _told(code: str, words: Text | None) -> dict[str, object]:
    return {"code": code, "text": None if words is None else words._asdict()}


def _words(reasons: Iterable[tuple[str, tuple[int, ...]]], instead: str | None = None) -> Iterable[Reason]:
    for code, positions in reasons:
        yield Reason(code, positions, REASONS.get(code), instead)
