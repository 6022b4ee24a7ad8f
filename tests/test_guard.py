"""What stands around a source: a deadline, two tries, a breaker for each endpoint."""

from collections.abc import Callable

import pytest

from supportbot.accounts.guard import Breaker, Deadline, Guard, Transient
from supportbot.errors import AccountNotFound, SourceUnavailable


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Calls:
    """A source's call that does, in turn, what it was told to."""

    def __init__(self, *outcomes: object) -> None:
        self.outcomes = list(outcomes)
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> object:
        self.seconds.append(seconds)
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


def failing(guard: Guard, times: int) -> None:
    for _ in range(times):
        with pytest.raises(SourceUnavailable):
            guard.call("invoices", Deadline(), Calls(Transient("no"), Transient("no")))


def test_what_works_at_once_is_asked_once() -> None:
    calls = Calls("record")

    assert Guard("http").call("account", Deadline(), calls) == "record"
    assert len(calls.seconds) == 1


def test_a_try_that_failed_is_followed_by_one_more() -> None:
    calls = Calls(Transient("broke off"), "record")

    assert Guard("http").call("account", Deadline(), calls) == "record"


def test_two_failed_tries_are_enough() -> None:
    calls = Calls(Transient("first"), Transient("second"), "never asked for")

    with pytest.raises(SourceUnavailable, match="second"):
        Guard("http").call("account", Deadline(), calls)
    assert calls.outcomes == ["never asked for"]


@pytest.mark.parametrize("error", [AccountNotFound("x"), SourceUnavailable("refused")])
def test_what_another_try_cannot_mend_is_not_tried_again(error: Exception) -> None:
    calls = Calls(error, "never asked for")

    with pytest.raises(type(error)):
        Guard("http").call("account", Deadline(), calls)
    assert calls.outcomes == ["never asked for"]


def test_the_second_try_gets_what_the_first_left_of_the_time(clock: Clock) -> None:
    deadline = Deadline(2.0, clock)

    def slow(seconds: float) -> float:
        if clock.now < 101:
            clock.now += 1.5
            raise Transient("slow")
        return seconds

    assert Guard("http", clock).call("account", deadline, slow) == pytest.approx(0.5)


def test_when_the_time_is_up_there_is_no_second_try(clock: Clock) -> None:
    deadline = Deadline(2.0, clock)

    def slow(_: float) -> None:
        clock.now += 2.5
        raise Transient("did not answer in time")

    with pytest.raises(SourceUnavailable, match="in time"):
        Guard("http", clock).call("account", deadline, slow)


def test_a_wait_that_was_asked_for_is_kept_if_the_time_allows_it() -> None:
    calls = Calls(Transient("429", retry_after=0.05), "record")

    assert Guard("http").call("account", Deadline(), calls) == "record"


def test_a_longer_wait_ends_the_turn_and_keeps_others_away_until_it_is_over(clock: Clock) -> None:
    guard = Guard("http", clock)
    with pytest.raises(SourceUnavailable):
        guard.call("account", Deadline(2, clock), Calls(Transient("429", retry_after=30)))

    clock.now += 29
    with pytest.raises(SourceUnavailable, match="left alone"):
        guard.call("account", Deadline(2, clock), Calls("never asked for"))
    clock.now += 2
    assert guard.call("account", Deadline(2, clock), Calls("record")) == "record"


def test_nobody_is_kept_away_for_more_than_a_minute(clock: Clock) -> None:
    breaker = Breaker(clock)
    breaker.failed(hold=86_400)

    clock.now += 61
    assert breaker.allows()


def test_five_failures_within_ten_seconds_open_the_breaker(clock: Clock) -> None:
    breaker = Breaker(clock)
    for _ in range(4):
        breaker.failed()
        clock.now += 2
    assert breaker.allows()

    breaker.failed()

    assert not breaker.allows()
    assert breaker.is_open


def test_five_failures_over_a_longer_time_do_not(clock: Clock) -> None:
    breaker = Breaker(clock)
    for _ in range(5):
        breaker.failed()
        clock.now += 3

    assert breaker.allows()


def test_while_open_one_probe_a_second_may_go_and_a_good_one_closes_it(clock: Clock) -> None:
    breaker = Breaker(clock)
    for _ in range(5):
        breaker.failed()
    answers = []
    for _ in range(16):
        clock.now += 0.25
        answers.append(breaker.allows())

    assert sum(answers) == 4
    breaker.succeeded()
    assert [breaker.allows() for _ in range(3)] == [True, True, True]


def test_a_failed_probe_keeps_it_open(clock: Clock) -> None:
    breaker = Breaker(clock)
    for _ in range(5):
        breaker.failed()
    clock.now += 1.1
    assert breaker.allows()
    breaker.failed()

    assert not breaker.allows()


def test_one_endpoint_that_fails_does_not_close_off_the_others(clock: Clock) -> None:
    guard = Guard("stripe", clock)
    failing(guard, 3)

    assert guard.resting() == ("invoices",)
    assert guard.call("payments", Deadline(), Calls("list")) == "list"


def test_a_refusal_shows_that_the_source_is_there(clock: Clock) -> None:
    guard = Guard("http", clock)
    failing(guard, 3)
    clock.now += 2
    with pytest.raises(AccountNotFound):
        guard.call("invoices", Deadline(), Calls(AccountNotFound("x")))

    assert guard.resting() == ()


def test_a_deadline_is_over_when_its_time_is(clock: Clock) -> None:
    deadline = Deadline(2.0, clock)
    lefts: list[float] = []
    steps: list[Callable[[], None]] = [lambda: None, lambda: setattr(clock, "now", 103.0)]
    for step in steps:
        step()
        lefts.append(deadline.left())

    assert lefts == [2.0, 0.0]
