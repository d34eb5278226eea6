"""Each of the eight questionnaires is taken to its end, as practice and to count."""

import pytest

from tests.gate.test_eight_banks import MODULES
from tests.shipped import BANKS


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_taken_to_its_end(service, amina_page, keys, module):
    service.editions.publish([BANKS[module]], service.place)
    total = len(BANKS[module].module.objectives) * 2

    amina_page.get(f"/modules/{module}")
    amina_page.press("Start practice")
    for number in range(1, total + 1):
        page = amina_page.press("Check answer", reply=keys.wrong(amina_page.page))
        assert "Because:" in page.words
        amina_page.follow("Continue" if number < total else "See the outcome")
    assert "Practice finished" in amina_page.page.words

    amina_page.get(f"/modules/{module}")
    amina_page.press("Start")
    for _ in range(total):
        amina_page.press("Save and continue", reply=keys.right(amina_page.page))
    assert amina_page.press("Submit answers").words.startswith("Passed")
