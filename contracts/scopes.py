"""Which permissions exist, and what does each one allow?

The table is exhaustive: a route, a client or a token can only name what stands here
(`application.resource.action`, the OSIA convention).
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import msgspec


class Scope(StrEnum):
    """Every permission by its name."""

    EVENTS_REPORT_WRITE = "events.report.write"
    EVENTS_REPORT_READ = "events.report.read"
    EVENTS_REPORT_APPROVE = "events.report.approve"
    EVENTS_UNIT_WRITE = "events.unit.write"
    EVENTS_IDENTITY_WRITE = "events.identity.write"
    REGISTRY_PERSON_READ = "registry.person.read"
    REGISTRY_HOUSEHOLD_READ = "registry.household.read"
    REGISTRY_HISTORY_READ = "registry.history.read"
    REGISTRY_SEARCH = "registry.search"
    REGISTRY_CARE_READ = "registry.care.read"
    REPORTING_FIGURES_READ = "reporting.figures.read"
    EXCHANGE_VIEW_READ = "exchange.view.read"
    EXCHANGE_FEED_READ = "exchange.feed.read"
    EXCHANGE_PERSON_VERIFY = "exchange.person.verify"
    OPERATIONS_STATUS_READ = "operations.status.read"
    GATEWAY_CLIENT_READ = "gateway.client.read"
    EVENTS_DEVICE_WRITE = "events.device.write"
    REGISTRY_DISABILITY_READ = "registry.disability.read"


class Permission(msgspec.Struct, frozen=True):
    """What a scope allows, in both languages; `low_risk`: a plain Bearer token may carry it."""

    en: str
    vi: str
    low_risk: bool = False


PERMISSIONS: Final[Mapping[Scope, Permission]] = MappingProxyType(
    {
        Scope.EVENTS_REPORT_WRITE: Permission(
            "Report changes of persons and households, correct and void them",
            "Báo biến động của người và hộ, đính chính và hủy báo cáo",
        ),
        Scope.EVENTS_REPORT_READ: Permission(
            "See the fate of reports and the facts that they became",
            "Xem kết quả xử lý báo cáo và các sự kiện đã ghi nhận",
        ),
        Scope.EVENTS_REPORT_APPROVE: Permission(
            "Approve and return reports, appraise P0 sheets, close and reopen months, assign areas to collaborators",
            "Duyệt và trả lại báo cáo, thẩm định phiếu P0, khóa và mở lại sổ tháng, phân công địa bàn",
        ),
        Scope.EVENTS_UNIT_WRITE: Permission(
            "Establish, rename, merge and reassign administrative units and areas",
            "Thành lập, đổi tên, sáp nhập và điều chỉnh đơn vị hành chính, địa bàn",
        ),
        Scope.EVENTS_IDENTITY_WRITE: Permission(
            "Say that two persons on the books are one, and close moves that nobody completes",
            "Hợp nhất hai bản ghi của cùng một người, kết thúc chuyển đi không có nơi đến",
        ),
        Scope.REGISTRY_PERSON_READ: Permission(
            "Read persons in the agreed areas",
            "Tra cứu người trong các địa bàn được thỏa thuận",
        ),
        Scope.REGISTRY_HOUSEHOLD_READ: Permission(
            "Read households and their members in the agreed areas",
            "Tra cứu hộ và thành viên hộ trong các địa bàn được thỏa thuận",
        ),
        Scope.REGISTRY_HISTORY_READ: Permission(
            "Read how a person or a household changed, and what was known when",
            "Xem lịch sử biến động của người hoặc hộ, kể cả thông tin đã biết tại từng thời điểm",
        ),
        Scope.REGISTRY_SEARCH: Permission(
            "Search persons by identifier, household or name",
            "Tìm người theo số định danh, hộ hoặc họ tên",
        ),
        Scope.REGISTRY_CARE_READ: Permission(
            "See contraception, pregnancies, screenings and health checks of persons whom one may read",
            "Xem thông tin tránh thai, thai sản, sàng lọc và khám sức khỏe của người được phép tra cứu",
        ),
        Scope.REPORTING_FIGURES_READ: Permission(
            "Read population figures; no person can be seen in them",
            "Xem số liệu dân số; không thể hiện thông tin của cá nhân nào",
            low_risk=True,
        ),
        Scope.EXCHANGE_VIEW_READ: Permission(
            "Read the view of persons that a sharing agreement grants",
            "Đọc thông tin người theo phạm vi của thỏa thuận chia sẻ dữ liệu",
        ),
        Scope.EXCHANGE_FEED_READ: Permission(
            "Follow the changes that a sharing agreement grants",
            "Nhận biến động theo phạm vi của thỏa thuận chia sẻ dữ liệu",
        ),
        Scope.EXCHANGE_PERSON_VERIFY: Permission(
            "Verify whether given details of a person are right",
            "Xác minh thông tin của một người là đúng hay sai",
        ),
        Scope.OPERATIONS_STATUS_READ: Permission(
            "See positions, lag and health of the services",
            "Xem vị trí, độ trễ và tình trạng của các dịch vụ",
        ),
        Scope.GATEWAY_CLIENT_READ: Permission(
            "See the registers of clients and sharing agreements",
            "Xem danh sách hệ thống khách và thỏa thuận chia sẻ dữ liệu",
        ),
        Scope.REGISTRY_DISABILITY_READ: Permission(
            "See the disabilities of persons whom one may read",
            "Xem thông tin khuyết tật của người được phép tra cứu",
        ),
        Scope.EVENTS_DEVICE_WRITE: Permission(
            "Enrol the keys with which devices sign reports, and revoke them",
            "Đăng ký và thu hồi khóa ký báo cáo của thiết bị",
        ),
    }
)
