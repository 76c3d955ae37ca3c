"""Which refusals does every service share?

A service adds its own beside these: a subclass of `Problem` with code, status, title and detail.
"""

from collections.abc import Mapping
from http import HTTPStatus

from kit.http.problem import (
    MEDIA_TYPE,
    Fault,
    Language,
    Problem,
    Reason,
    Text,
    catalogue,
    declare,
    find_problem,
    language_of,
    spoken,
)

__all__ = [
    "MEDIA_TYPE",
    "ContradictsRecord",
    "DeviceExpired",
    "DeviceRevoked",
    "DeviceUnknown",
    "Fault",
    "IdempotencyKeyReused",
    "Internal",
    "InvalidJson",
    "InvalidRequest",
    "Language",
    "MethodNotAllowed",
    "NotAcceptable",
    "NotFound",
    "PayloadTooLarge",
    "PositionNotReached",
    "Problem",
    "PurposeNotPermitted",
    "Reason",
    "ScopeInsufficient",
    "SignatureInvalid",
    "SignatureMissing",
    "Text",
    "TooManyRequests",
    "Unauthenticated",
    "Unavailable",
    "UnsupportedMediaType",
    "catalogue",
    "declare",
    "find_problem",
    "language_of",
    "spoken",
]


class InvalidRequest(Problem):
    code = "invalid-request"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = Text("The request is not valid", "Yêu cầu không hợp lệ")
    detail = Text(
        "Correct what is named here and send the request again.",
        "Hãy sửa những chỗ được nêu rồi gửi lại yêu cầu.",
    )


class InvalidJson(Problem):
    code = "invalid-json"
    status = HTTPStatus.BAD_REQUEST
    title = Text("The body is not acceptable JSON", "Nội dung gửi lên không phải JSON hợp lệ")
    detail = Text(
        "Send UTF-8 JSON without duplicate names, null characters, lone surrogates, NaN or deep nesting.",
        "Hãy gửi JSON mã hóa UTF-8, không lặp tên trường, không có ký tự NUL, mã surrogate đơn lẻ, NaN "
        "và không lồng quá sâu.",
    )


class UnsupportedMediaType(Problem):
    code = "unsupported-media-type"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    title = Text("This content type is not taken here", "Kiểu nội dung này không được chấp nhận")
    detail = Text(
        "Send one of the content types that the documentation of this address names.",
        "Hãy gửi đúng kiểu nội dung được nêu trong tài liệu của địa chỉ này.",
    )


class NotAcceptable(Problem):
    code = "not-acceptable"
    status = HTTPStatus.NOT_ACCEPTABLE
    title = Text("No answer in the format asked for", "Không có câu trả lời ở định dạng được yêu cầu")
    detail = Text(
        "Ask for one of the formats that the documentation of this address names.",
        "Hãy yêu cầu một trong các định dạng được nêu trong tài liệu của địa chỉ này.",
    )


class PayloadTooLarge(Problem):
    code = "payload-too-large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    title = Text("The request is too large", "Yêu cầu quá lớn")
    detail = Text(
        "Send fewer items in one request; nothing of this one was taken.",
        "Hãy gửi ít mục hơn trong mỗi yêu cầu; yêu cầu này chưa được ghi nhận phần nào.",
    )


class Unauthenticated(Problem):
    code = "unauthenticated"
    status = HTTPStatus.UNAUTHORIZED
    title = Text("Who is asking is not established", "Chưa xác thực được bên gửi yêu cầu")
    detail = Text(
        "Send a valid access token with its proof of possession.",
        "Hãy gửi mã truy cập còn hiệu lực kèm bằng chứng sở hữu khóa (DPoP).",
    )


class ScopeInsufficient(Problem):
    code = "scope-insufficient"
    status = HTTPStatus.FORBIDDEN
    title = Text("The token does not allow this", "Mã truy cập không cho phép thao tác này")
    detail = Text(
        "Ask the authority for a token with the scope that this address, or this kind of report, requires.",
        "Hãy xin cơ quan cấp quyền một mã truy cập có phạm vi (scope) mà địa chỉ này hoặc loại báo cáo này yêu cầu.",
    )


class PurposeNotPermitted(Problem):
    code = "purpose-not-permitted"
    status = HTTPStatus.FORBIDDEN
    title = Text("Not permitted for this purpose", "Không được phép cho mục đích này")
    detail = Text(
        "The sharing agreement does not cover this purpose, area or data.",
        "Thỏa thuận chia sẻ dữ liệu không bao gồm mục đích, địa bàn hoặc dữ liệu này.",
    )


class NotFound(Problem):
    code = "not-found"
    status = HTTPStatus.NOT_FOUND
    title = Text("Nothing here within your rights", "Không tìm thấy trong phạm vi quyền của bạn")
    detail = Text(
        "It does not exist, or it is outside of what you may see.",
        "Đối tượng không tồn tại hoặc nằm ngoài phạm vi bạn được xem.",
    )


class MethodNotAllowed(Problem):
    code = "method-not-allowed"
    status = HTTPStatus.METHOD_NOT_ALLOWED
    title = Text("This address does not take that method", "Địa chỉ này không nhận phương thức đó")
    detail = Text(
        "Use one of the methods named in the header Allow.",
        "Hãy dùng một trong các phương thức nêu trong tiêu đề Allow.",
    )


class ContradictsRecord(Problem):
    code = "contradicts-record"
    status = HTTPStatus.CONFLICT
    title = Text("This contradicts what is recorded", "Nội dung này mâu thuẫn với điều đã ghi nhận")
    detail = Text(
        "Correct or void the facts that it contradicts first, if any are named, or tell it anew.",
        "Hãy đính chính hoặc hủy các sự kiện mâu thuẫn được nêu (nếu có) trước, hoặc báo cáo lại cho đúng.",
    )


class IdempotencyKeyReused(Problem):
    code = "idempotency-key-reused"
    status = HTTPStatus.CONFLICT
    title = Text("This id already stands for other content", "Mã này đã được dùng cho nội dung khác")
    detail = Text(
        "An id names one report for ever. Give a new report an id of its own.",
        "Mỗi mã chỉ ứng với một báo cáo. Hãy cấp mã mới cho báo cáo mới.",
    )


class TooManyRequests(Problem):
    code = "too-many-requests"
    status = HTTPStatus.TOO_MANY_REQUESTS
    title = Text("Too many requests", "Quá nhiều yêu cầu")
    detail = Text(
        "Wait for the time named in the header Retry-After, then go on.",
        "Hãy chờ hết thời gian nêu trong tiêu đề Retry-After rồi tiếp tục.",
    )


class Unavailable(Problem):
    code = "unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = Text("Not available at the moment", "Hệ thống tạm thời chưa sẵn sàng")
    detail = Text(
        "Nothing was lost. Send the same request again, with the same id, after a short while.",
        "Không có dữ liệu nào bị mất. Hãy gửi lại đúng yêu cầu này, với cùng mã, sau ít phút.",
    )

    def __init__(self, *, retry_after: int = 2) -> None:
        super().__init__(retry_after=retry_after)


class PositionNotReached(Problem):
    code = "position-not-reached"
    # No failure of ours: whoever asks for a position that nobody has written yet brings it about.
    status = HTTPStatus.PRECONDITION_FAILED
    title = Text("Not yet complete up to that position", "Dữ liệu chưa đầy đủ đến vị trí yêu cầu")
    detail = Text(
        "This service has not yet applied the position asked for. Ask again shortly.",
        "Dịch vụ này chưa cập nhật đến vị trí được yêu cầu. Hãy hỏi lại sau giây lát.",
    )

    def __init__(self, *, headers: Mapping[str, str]) -> None:
        super().__init__(retry_after=1, headers=headers)


class Internal(Problem):
    code = "internal"
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    title = Text("Something went wrong on our side", "Đã xảy ra lỗi ở phía hệ thống")
    detail = Text(
        "The failure was noted. Sending the same request again, with the same id, is safe.",
        "Lỗi đã được ghi lại. Bạn có thể gửi lại đúng yêu cầu này, với cùng mã, một cách an toàn.",
    )


class SignatureInvalid(Problem):
    code = "signature-invalid"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = Text("The signature does not fit", "Chữ ký không khớp với nội dung")
    detail = Text(
        "Sign the report or the batch as it is sent, with the device's enrolled key; nothing of it was taken.",
        "Hãy ký đúng báo cáo hoặc lô báo cáo được gửi bằng khóa đã đăng ký của thiết bị; chưa có nội dung nào "
        "được ghi nhận.",
    )


class SignatureMissing(Problem):
    code = "signature-missing"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = Text("A signature is required", "Thiếu chữ ký")
    detail = Text(
        "This sender's reports are taken only with the signature of an enrolled device.",
        "Báo cáo của bên gửi này chỉ được nhận khi có chữ ký của thiết bị đã đăng ký.",
    )


class DeviceUnknown(Problem):
    code = "device-unknown"
    status = HTTPStatus.FORBIDDEN
    title = Text("The device's key is not enrolled", "Khóa của thiết bị chưa được đăng ký")
    detail = Text(
        "Have the device's key enrolled for this sender, then send the same report again.",
        "Hãy đăng ký khóa của thiết bị cho bên gửi này rồi gửi lại đúng báo cáo đó.",
    )


class DeviceRevoked(Problem):
    code = "device-revoked"
    status = HTTPStatus.FORBIDDEN
    title = Text("The device's key was revoked", "Khóa của thiết bị đã bị thu hồi")
    detail = Text(
        "Have a new key enrolled and sign with that.",
        "Hãy đăng ký khóa mới và ký lại bằng khóa đó.",
    )


class DeviceExpired(Problem):
    code = "device-expired"
    status = HTTPStatus.FORBIDDEN
    title = Text("The device's key is not valid today", "Khóa của thiết bị không còn hoặc chưa có hiệu lực")
    detail = Text(
        "Have a key enrolled that is valid on the day on which the report arrives, and sign with that.",
        "Hãy đăng ký khóa có hiệu lực vào ngày báo cáo được gửi đến và ký lại bằng khóa đó.",
    )
