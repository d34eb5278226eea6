"""The bots of several partnerships in one process: each hears and says what is its own."""

from contextlib import ExitStack, contextmanager

from tests.outbox import smtp
from tests.partnerships.files import write
from tests.partnerships.serving import Several
from tools.botapi import BotApi
from tools.loaded import Loaded
from tools.waiting import until


@contextmanager
def bots_of(several):
    """`quizbot bot`, as an operator runs it for all."""
    with several.log.open("ab") as log:
        files = {"stdout": log.fileno(), "stderr": log.fileno()}
        running = Loaded(["bot"], cwd=several.folder, env=several.environment, **files)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(60)


def test_each_bot_hears_and_says_its_own_and_one_that_is_refused_stops_no_other(
    tmp_path, filled_sqlite
):
    several = Several(tmp_path)
    with ExitStack() as stack:
        apis = {}
        for number, name in enumerate(("northmoor", "southbay", "eastfen"), 100001):
            url = several.own_database(name, filled_sqlite)
            made = several.partnership(name, url, stack.enter_context(smtp.running()))
            own = made.settings.model_dump(include=made.settings.model_fields_set)
            del own["partnership"]
            apis[name] = stack.enter_context(BotApi())
            token = f"{number}:{'x' * 35}"
            if name != "eastfen":  # whose token is wrong
                apis[name].token = token
            write(several.files, name, **own, telegram_token=token, telegram_api=apis[name].url)
        stack.enter_context(bots_of(several))
        dana, efe = apis["northmoor"].world.person("Dana"), apis["southbay"].world.person("Efe")

        heard = {"northmoor": dana.asks("/start", 60), "southbay": efe.asks("/start", 60)}

        assert "Northmoor Partnership for Children" in heard["northmoor"]
        assert "Southbay Partnership for Children" in heard["southbay"]
        assert len(dana.seen) == len(efe.seen) == 1
        until(lambda: '"partnership": "eastfen"' in several.log.read_text(), 60, "the refusal")
        text = several.log.read_text()
        assert "Dana" not in text
        assert "Efe" not in text
