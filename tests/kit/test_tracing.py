"""Can one report be followed through every process, while nothing of it leaves in a span?"""

import time

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from kit.process import tracing
from kit.process.tracing import current_traceparent, span, spans
from tests.support.spans import finished

CANARY = "NGUYEN-THI-LAN-012345678901"
SAMPLED = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
UNSAMPLED = "00-0af7651916cd43dd8448eb211c80319d-b7ad6b7169203332-00"


def test_nothing_is_made_without_a_collector_and_the_trace_is_carried_on() -> None:
    assert not tracing.tracing()
    with span("relay", traceparent=SAMPLED) as made:
        assert not made.is_recording()
        assert current_traceparent() == SAMPLED
    assert current_traceparent() == ""


def test_spans_inside_one_another_are_one_trace(exported: InMemorySpanExporter) -> None:
    with span("outer", traceparent=SAMPLED), span("inner", kind="producer"):
        inside = current_traceparent()
    inner, outer = finished(exported)
    assert (inner.name, inner.kind) == ("inner", SpanKind.PRODUCER)
    assert inner.parent is not None
    assert inner.parent.span_id == outer.context.span_id
    assert inside == f"00-0af7651916cd43dd8448eb211c80319c-{inner.context.span_id:016x}-01"
    assert current_traceparent() == ""


def test_a_report_is_followed_through_the_log_into_each_projection(exported: InMemorySpanExporter) -> None:
    with span("POST /events/v1/reports", kind="server"):
        recorded = current_traceparent()
    with span("relay publish", kind="producer", traceparent=recorded):
        pass
    for projection in ("persons", "stock"):
        spans(f"{projection} process", "consumer", time.time_ns(), [(recorded, {"socai.position": 7})])
    found = finished(exported)
    assert len(found) == 4
    assert len({made.context.trace_id for made in found}) == 1


def test_items_of_a_batch_without_a_sampled_trace_make_no_span(exported: InMemorySpanExporter) -> None:
    started = time.time_ns()
    spans("process", "consumer", started, [("", {}), (UNSAMPLED, {}), (SAMPLED, {"socai.position": 9})])
    (made,) = finished(exported)
    assert made.start_time == started
    assert made.attributes == {"socai.position": 9}


def test_only_attributes_on_the_list_leave_the_process(exported: InMemorySpanExporter) -> None:
    with span("process", attributes={"url.path": CANARY, "db.query.text": CANARY, "socai.kind": "person.born"}) as made:
        made.set_attribute("person.name", CANARY)
        made.add_event("found", {"name": CANARY})
    (left,) = finished(exported)
    assert left.attributes == {"socai.kind": "person.born"}
    assert CANARY not in left.to_json()


def test_an_exception_leaves_its_class_and_no_text(exported: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match=CANARY), span("process"):
        raise ValueError(CANARY)
    (left,) = finished(exported)
    assert left.status.status_code is StatusCode.ERROR
    assert left.attributes == {"error.type": "ValueError"}
    assert CANARY not in left.to_json()
