"""Tagged PDF files (PDF/UA-1) from a typst source and plain data; needs no network."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

PAPERS = Path(__file__).with_name("papers")


def make(name: str, data: dict[str, Any], at: datetime) -> bytes:
    """The paper `papers/<name>.typ`, which finds its data with `json(bytes(sys.inputs.data))`.

    `at` is the time the file says it was made. Only the typefaces inside typst are used, so the
    same data gives the same bytes on every machine.
    """
    import typst  # 33 MB: loaded by the commands and pages that make a paper, and by no other

    made: bytes = typst.compile(
        PAPERS / f"{name}.typ",
        root=PAPERS,
        format="pdf",
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
        sys_inputs={"data": json.dumps(data, default=str)},
        timestamp=int(at.timestamp()),
    )
    return made
