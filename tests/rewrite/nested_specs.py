"""How the models of nested levels are charted, as the reference needs to know it."""

from __future__ import annotations

from tests.nested_models import DISTRICT_OF, KIND, SCHOOL_OF, SIZE
from tests.rewrite.reference import Block, Plain, Spec
from tests.rewrite.specs import MU, half_normal, member, of

_SCALES = [half_normal("tau_district"), half_normal("tau_school")]

NESTED: dict[str, Spec] = {
    "levels": [
        *_SCALES,
        half_normal("tau_room"),
        half_normal("sigma", 3.0),
        Block(
            [member("room", lambda v: v["school"][SCHOOL_OF], "tau_room")],
            [member(*MU), member("gamma", 0.0, 1.0), member("b1", 0.0, 2.0)],
            of("sigma"),
            [
                member("school", lambda v: v["district"][DISTRICT_OF] + v["gamma"] * SIZE, "tau_school"),
                member("district", "mu", "tau_district"),
            ],
        ),
    ],
    "levels_by_hand": [
        *_SCALES,
        half_normal("tau_room"),
        Block(
            [member("z_room", lambda v: v["school"][SCHOOL_OF], lambda v: v["tau_room"][KIND], hand="room")],
            parents=[
                member("z_school", lambda v: 2.0 + v["district"][DISTRICT_OF], "tau_school", hand="school"),
                member("district", 0.5, "tau_district"),
            ],
        ),
    ],
    "levels_by_row": [
        *_SCALES,
        Plain("shift"),
        Block(
            [member("school", lambda v: v["shift"] + 0.5 * v["district"][:, None], "tau_school")],
            [member(*MU)],
            parents=[member("district", "mu", "tau_district")],
        ),
    ],
}
