"""The project's own pages."""

from django.test import Client


def test_the_front_page_leads_to_the_admin(client: Client) -> None:
    answer = client.get("/")

    assert answer.headers["location"] == "/admin/"


def test_the_api_s_documentation_needs_a_login(client: Client, admin_client: Client) -> None:
    assert client.get("/api/docs/").status_code == 401
    assert admin_client.get("/api/docs/").status_code == 200
    assert admin_client.get("/api/schema/").status_code == 200


def test_the_icon_that_browsers_ask_for_is_there(client: Client) -> None:
    answer = client.get("/favicon.ico")

    assert (answer.status_code, answer.headers["location"]) == (302, "/static/jobs/favicon.svg")
