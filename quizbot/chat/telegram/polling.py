"""Long polling by exactly one process; an update is confirmed once it is answered."""

import asyncio
import contextlib
from collections.abc import Awaitable
from dataclasses import dataclass, field
from functools import partial

from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from quizbot.chat.telegram.answering import Answering
from quizbot.chat.telegram.calls import LONGEST_PAUSE, NOT_KNOWN, seconds_of, tell
from quizbot.chat.telegram.hearing import ASKED_FOR
from quizbot.chat.telegram.reading import Read, number_of, where
from quizbot.errors import Misconfigured, Refused
from quizbot.store.lease import Lease

LEASE = "telegram"
POLL = 25  # seconds that Telegram keeps a question for news open
HELD = 30.0  # seconds after which an answer that is not done holds back no other
LOOK_AGAIN = 0.1  # seconds between looks for news while something is in hand
WAITS = "another bot is at work; this one waits, and takes over when that is gone"
ANOTHER = (
    "another program reads this bot's messages: stop it, or give this one a token of its own."
    " Trying again"
)


@dataclass
class Confirmed:
    """Which updates are begun and done, and so from which one on Telegram hands them out again."""

    begun: dict[int, float] = field(default_factory=dict)  # when, by update
    done: set[int] = field(default_factory=set)
    newest: int | None = None

    def is_new(self, update_id: int) -> bool:
        """Whether it was neither begun nor done."""
        return update_id not in self.begun and update_id not in self.done

    def begin(self, update_id: int) -> None:
        """It is being answered."""
        self.begun[update_id] = _now()
        self.newest = max(update_id, self.newest or 0)

    def end(self, update_id: int) -> None:
        """It is answered."""
        self.begun.pop(update_id, None)
        self.done.add(update_id)

    def offset(self, opened: float) -> int | None:
        """The oldest that is not done; what hangs for long is given up, so that others are read.

        Until `opened` nothing could be answered, so that nothing hangs that is no older.
        """
        if self.newest is None:
            return None
        waited = _now() - HELD
        held = [update_id for update_id, at in self.begun.items() if max(at, opened) > waited]
        offset = min(held, default=self.newest + 1)
        self.done = {update_id for update_id in self.done if update_id >= offset}
        return offset


@dataclass
class Polling:
    """Asks for news while it has the lease; another waits, and takes over after it."""

    answering: Answering
    lease: Lease
    stopping: asyncio.Event
    confirmed: Confirmed = field(default_factory=Confirmed)

    async def forever(self) -> None:
        """Until we are stopped."""
        is_told = False
        while not self.stopping.is_set():
            try:
                if await asyncio.to_thread(self.lease.take):
                    is_told = False
                    with self.lease.kept():
                        await self._hold()
                    await asyncio.to_thread(self.lease.let_go)
                elif not is_told:
                    tell(WAITS)
                    is_told = True
            except Misconfigured:
                raise
            except Refused as error:  # the database does not answer
                tell(str(error))
            await pause(self.stopping, 1.0)

    async def _hold(self) -> None:
        """As long as the lease is ours."""
        await self._without_webhook()
        tell(f"at work as @{self.answering.bot.username}")
        times = 0
        try:
            while not self.stopping.is_set():
                try:
                    if not await self._round():
                        return
                    times = 0
                except (InvalidToken, Refused):
                    raise
                except TelegramError as error:
                    times += 1
                    await self._wait_out(error, times)
                except Exception as error:  # noqa: BLE001  (whatever it is, the next is read)
                    times += 1
                    tell(f"asking for news went wrong: {where(error)}")
                    await pause(self.stopping, _longer(times))
        except InvalidToken:
            raise Misconfigured(NOT_KNOWN) from None
        finally:
            await self._finish()

    async def _round(self) -> bool:
        """Ask for news and take it; False where another has the lease now."""
        in_hand, pace = self.answering.in_hand, self.answering.pace
        if left := pace.left:  # nothing can be answered, so Telegram keeps what is new
            await pause(self.stopping, min(left, LONGEST_PAUSE))
            return await asyncio.to_thread(self.lease.take)
        is_busy = bool(in_hand)
        updates = await self._unless_stopped(
            self.answering.bot.news(
                self.confirmed.offset(pace.not_before), 0 if is_busy else POLL, ASKED_FOR
            )
        )
        if updates is None:
            return True
        if not await asyncio.to_thread(self.lease.take):
            return False
        new = self._take_new(updates)
        if updates and not new and not is_busy:
            # Telegram hands out again what we cannot confirm: it has no number that can be read.
            await pause(self.stopping, LONGEST_PAUSE / 10)
        if not updates and not is_busy:
            # All is confirmed. After a quiet week Telegram begins to count anew, perhaps lower.
            self.confirmed = Confirmed()
        elif in_hand and not new:
            await asyncio.wait(
                in_hand.values(), timeout=LOOK_AGAIN, return_when=asyncio.FIRST_COMPLETED
            )
        return True

    def _take_new(self, updates: list[object]) -> int:
        """Take those that were not begun or done, in order; how many."""
        numbered: dict[int, object] = {}
        for raw in updates:
            number = number_of(raw)
            if number is None:
                self.answering.read(raw)  # for the log
            elif self.confirmed.is_new(number):
                numbered[number] = raw
        for number in sorted(numbered):
            self._take(number, self.answering.read(numbered[number]))
        return len(numbered)

    def _take(self, number: int, update: Read) -> None:
        self.confirmed.begin(number)
        task = self.answering.take(update)
        task.add_done_callback(partial(self._ended, number))

    def _ended(self, update_id: int, task: asyncio.Task[None]) -> None:
        if not task.cancelled():
            self.confirmed.end(update_id)

    async def _finish(self) -> None:
        """Let what is in hand be answered, and confirm it; the rest is handed out again."""
        await self.answering.finish()
        offset = self.confirmed.offset(self.answering.pace.not_before)
        if offset is not None:
            with contextlib.suppress(TelegramError):
                await self.answering.bot.news(offset, 0, ASKED_FOR)
        self.confirmed = Confirmed()

    async def _wait_out(self, error: TelegramError, times: int) -> None:
        is_conflict = isinstance(error, Conflict)
        if is_conflict and "webhook" in error.message:
            await self._without_webhook()
        elif times == 1:
            tell(ANOTHER if is_conflict else "Telegram does not answer. Trying again")
        asked = seconds_of(error.retry_after) if isinstance(error, RetryAfter) else 0.0
        await pause(self.stopping, asked or _longer(times))

    async def _without_webhook(self) -> None:
        with contextlib.suppress(TelegramError):
            await self.answering.bot.delete_webhook()

    async def _unless_stopped(self, call: Awaitable[list[object]]) -> list[object] | None:
        """What it returns; None where we were stopped meanwhile."""
        asking = asyncio.ensure_future(call)
        stop = asyncio.ensure_future(self.stopping.wait())
        await asyncio.wait({asking, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if asking.done():
            return asking.result()
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)
        return None


def _now() -> float:
    return asyncio.get_running_loop().time()


def _longer(times: int) -> float:
    return min(0.5 * 2.0 ** min(times, 10), LONGEST_PAUSE)


async def pause(stopping: asyncio.Event, seconds: float) -> None:
    """Wait, unless we are stopped."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)
