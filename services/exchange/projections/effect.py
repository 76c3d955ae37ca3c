"""What of a fact does this service read? Its effects on persons and units, states as they came; no payload."""

import msgspec

from contracts.fact import RawTransition


class Changes(msgspec.Struct, frozen=True, gc=False):
    persons: tuple[RawTransition, ...] = ()
    units: tuple[RawTransition, ...] = ()


NONE = Changes()


class Effect(msgspec.Struct, frozen=True, gc=False):
    kind: str
    retracts: Changes = NONE
    asserts: Changes = NONE


# One object for every projection here: those who share it decode a record once.
decode = msgspec.json.Decoder(Effect).decode
