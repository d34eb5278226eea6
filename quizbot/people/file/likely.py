"""What titles of other systems are likely to mean."""

from collections.abc import Iterable

# What systems of HR call ours, without spaces and marks: offered, and taken only when chosen.
_LIKELY = {
    "staff_ref": "staffref staffnumber staffid employeenumber employeeno employeeid employeeref"
    " personnelnumber payrollnumber payrollno assignmentnumber personnumber",
    "name": "fullname employeename staffname displayname personname",
    "forename": "firstname givenname christianname",
    "surname": "lastname familyname",
    "email": "emailaddress workemail workemailaddress mail businessemail",
    "unit": "team department dept organisation organization orgunit orgpath service division",
    "job": "jobtitle position positiontitle post posttitle role title",
    "started_on": "startdate started hiredate datestarted assignmentstartdate poststartdate"
    " positionstartdate dateofjoining joined",
    "manager": "managerid managernumber manageremail linemanager linemanageremail reportsto"
    " supervisor boss manageremployeenumber managerstaffnumber",
}


def likely_columns(titles: Iterable[str]) -> dict[str, str]:
    """What titles are likely to mean, each of ours once."""
    found: dict[str, str] = {}
    for title in titles:
        bare = "".join(filter(str.isalnum, title.casefold()))
        ours = next((name for name, known in _LIKELY.items() if bare in known.split()), "")
        if ours and ours not in found.values():
            found[title] = ours
    return found
