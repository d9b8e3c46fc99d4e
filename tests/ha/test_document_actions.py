"""Actions about documents, as automations and people call them."""

from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from aiohttp import web
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.ai_memory import fetching
from custom_components.ai_memory.documents.formats.content import Limits
from custom_components.ai_memory.models import Scope
from tests.ha.actions import Call
from tests.ha.folders import BOILER, add_folder, settled, write

pytestmark = pytest.mark.newest_only

PDF = Path(__file__).parents[1] / "documents" / "files" / "boiler_manual.pdf"


async def refused(call: Call, *args: Any, **data: Any) -> str:
    """Return why an action is refused."""
    with pytest.raises(ServiceValidationError) as caught:
        await call(*args, **data)
    assert caught.value.translation_key
    return caught.value.translation_key


async def titles(call: Call, context: Context | None = None, **data: Any) -> list[str]:
    found = await call("list_documents", context, **data)
    return sorted(document["title"] for document in found["documents"])


def originals(hass: HomeAssistant) -> int:
    """Return how many files are kept of what was added."""
    return len(list(Path(hass.config.path("ai_memory/documents")).rglob("*.md")))


# --- adding


async def test_add_text(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    people: dict[str, Context],
    call: Call,
) -> None:
    anna, bert, guest = (people[name] for name in ("anna", "bert", "guest"))
    added = await call(
        "add_document",
        bert,
        content="# House rules\n\nQuiet after ten.\ud800",
        collection="rules",
        language="en",
    )
    assert added["new"] is True
    assert (added["owner"], added["collection"]) == ("household", "rules")
    again = await call(
        "add_document",
        content="# House rules\n\nQuiet after ten.?",
        name="rules",
        collection="rules",
    )
    assert (again["id"], again["new"]) == (added["id"], False)
    await settled(hass, loaded_entry)
    read = await call("get_document", document_id=added["id"])
    [version] = read.pop("versions")
    assert version["words"] == read["words"] > 3
    for key in ("created_at", "updated_at", "id", "bytes", "words"):
        assert read.pop(key)
    assert read == {
        "title": "House rules",
        "owner": "household",
        "collection": "rules",
        "language": "en",
        "format": "md",
        "state": "ready",
        "problem": None,
        "pages": None,
        "secrets": 0,
        "names": [
            {"folder": None, "path": "note.md"},
            {"folder": None, "path": "rules.md"},
        ],
        "deleted_at": None,
    }

    for data, name, owner in (
        ({"title": "Who / what?", "private": True}, "note.md", "person.bert"),
        ({"title": "x" * 255}, "note.md", "household"),
        ({"name": "page.HTML"}, "page.HTML", "household"),
        # Any name will do; what tells no format is Markdown.
        ({"name": " a.exe "}, "a.exe.md", "household"),
    ):
        added = await call("add_document", bert, content=f"<p>About {name}</p>", **data)
        assert [one["path"] for one in added["names"]] == [name]
        assert added["owner"] == owner
    added = await call("add_document", anna, content="For Bert", person="person.bert")
    assert added["owner"] == "person.bert"
    await settled(hass, loaded_entry)
    assert len(await titles(call, bert)) == 6
    assert len(await titles(call, anna)) == len(await titles(call)) == 4

    for context, problem, data in (
        (None, "document_one_source", {}),
        (None, "document_one_source", {"content": "x", "path": "x"}),
        (None, "document_one_source", {"url": "http://x/", "path": "x"}),
        (None, "document_empty", {"content": ""}),
        (None, "document_empty", {"content": " \n\u00a0"}),
        (None, "text_too_long", {"content": "x", "title": "x" * 256}),
        (None, "text_empty", {"content": "x", "collection": ""}),
        (None, "person_unknown", {"content": "x", "person": "person.nobody"}),
        (bert, "not_your_memory", {"content": "x", "person": "person.anna"}),
        (guest, "caller_no_person", {"content": "x", "private": True}),
    ):
        assert await refused(call, "add_document", context, **data) == problem
    for data in ({"path": "x.md"}, {"url": "http://x/x.md"}):
        with pytest.raises(Unauthorized):
            await call("add_document", bert, **data)


async def test_add_by_path(
    hass: HomeAssistant, loaded_entry: MockConfigEntry, call: Call
) -> None:
    """Only what Home Assistant's allow-list has, links followed."""
    allowed = write(hass, "open/boiler.md").parent
    closed = write(hass, "closed/secret.md", "Nothing for you.")
    (allowed / "link.md").symlink_to(closed)
    (allowed / "inside.md").symlink_to(allowed / "boiler.md")
    (allowed / "folder.md").mkdir()
    write(hass, "open/program.exe")
    hass.config.allowlist_external_dirs = {str(allowed)}
    for path, problem in (
        (str(closed), "document_path_not_allowed"),
        ("closed/secret.md", "document_path_not_allowed"),
        ("open/link.md", "document_path_not_allowed"),
        ("open/../closed/secret.md", "document_path_not_allowed"),
        ("/etc/hostname", "document_path_not_allowed"),
        (".storage/auth", "document_path_unknown"),
        ("open/nothing.md", "document_path_unknown"),
        ("open/boiler.md/x", "document_path_unknown"),
        ("a\0b", "document_path_unknown"),
        ("open/folder.md", "document_unreadable"),
        ("open/program.exe", "document_unsupported"),
        ("open", "document_unsupported"),
        ("", "document_path_not_allowed"),
    ):
        assert await refused(call, "add_document", path=path) == problem, path
    assert await titles(call) == []

    added = await call("add_document", path=str(allowed / "boiler.md"), name="Heating")
    assert [name["path"] for name in added["names"]] == ["Heating.md"]
    again = await call("add_document", path="open/inside.md")
    assert (again["id"], again["new"]) == (added["id"], False)
    await settled(hass, loaded_entry)
    assert await titles(call) == ["Boiler"]
    # It is a copy: what becomes of the file is of no concern.
    (allowed / "boiler.md").unlink()
    read = await call("recall", query="What does fault code F28 mean?")
    assert read["passages"][0]["document"]["title"] == "Boiler"


@pytest.fixture
async def site(hass: HomeAssistant) -> AsyncGenerator[str]:
    """Give the address of a server with documents below /open and /closed."""
    disposition = "Content-Disposition"

    async def answer(request: web.Request) -> web.StreamResponse:
        match request.path.rpartition("/")[2]:
            case "manual.pdf":
                return web.Response(body=PDF.read_bytes())
            case "download":
                return web.Response(text=BOILER, content_type="text/markdown")
            case "named":
                name = 'attachment; filename="../../Heizung in Grün.md"'
                return web.Response(
                    text=f"{BOILER} Green.", headers={disposition: name}
                )
            case "":
                return web.Response(text="<p>Start page</p>", content_type="text/html")
            case "to_named":
                raise web.HTTPFound("named")
            case "to_closed":
                raise web.HTTPMovedPermanently("/closed/manual.pdf")
            case "to_itself":
                raise web.HTTPFound("to_itself")
            case "to_nowhere":
                return web.Response(status=302)
            case "large.txt":
                response = web.StreamResponse()
                await response.prepare(request)
                for _ in range(3):
                    await response.write(b"x" * 600)
                return response
            case "broken.txt":
                response = web.StreamResponse(headers={"Content-Length": "100"})
                await response.prepare(request)
                await response.write(b"x")
                assert request.transport
                request.transport.close()
                return response
            case "odd":
                return web.Response(status=599)
            case "image":
                return web.Response(body=b"x", content_type="image/png")
            case _:
                raise web.HTTPNotFound

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    address = f"http://{host}:{port}"
    hass.config.allowlist_external_urls = {f"{address}/open/"}
    yield address
    await runner.cleanup()


async def test_add_by_address(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    call: Call,
    site: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for path, name, data in (
        ("manual.pdf", "manual.pdf", {}),
        ("download?x=1", "download.md", {}),
        ("to_named", "Heizung in Grün.md", {}),
        ("", "127.0.0.1.html", {}),
        ("manual.pdf?", "Boiler.pdf", {"name": "Boiler"}),
    ):
        added = await call("add_document", url=f"{site}/open/{path}", **data)
        assert name in [one["path"] for one in added["names"]]
    await settled(hass, loaded_entry)
    found = await call("list_documents")
    assert {document["state"] for document in found["documents"]} == {"ready"}
    assert len(found["documents"]) == 4
    [pdf] = [one for one in found["documents"] if one["format"] == "pdf"]
    assert pdf["pages"] > 1

    monkeypatch.setattr(fetching, "Limits", lambda: Limits(bytes=1000))
    monkeypatch.setattr(fetching, "_TIMEOUT", 20.0)
    for path, problem in (
        ("/closed/manual.pdf", "document_url_not_allowed"),
        ("/open/../closed/manual.pdf", "document_url_not_allowed"),
        ("/open/%2e%2e/closed/manual.pdf", "document_url_not_allowed"),
        ("/open/to_closed", "document_url_not_allowed"),
        ("/open/to_itself", "document_url_unreachable"),
        ("/open/to_nowhere", "document_url_failed"),
        ("/open/nothing", "document_url_failed"),
        ("/open/odd", "document_url_failed"),
        ("/open/large.txt", "document_too_large"),
        ("/open/broken.txt", "document_url_unreachable"),
        ("/open/image", "document_unsupported"),
    ):
        url = f"{site}{path}"
        assert await refused(call, "add_document", url=url) == problem, path
    hass.config.allowlist_external_urls = {
        "http://127.0.0.1:1/",
        "http://nobody.invalid/",
    }
    problem = await refused(call, "add_document", url="http://127.0.0.1:1/x.md")
    assert problem == "document_url_unreachable"
    assert len((await call("list_documents"))["documents"]) == 4


# --- looking, deleting, taking back


async def test_bin(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    people: dict[str, Context],
    call: Call,
) -> None:
    bert = people["bert"]
    kept = await call("add_document", content=BOILER, name="boiler.md")
    annas = await call(
        "add_document", people["anna"], content="Anna's diary.", private=True
    )
    await settled(hass, loaded_entry)
    nobodys = "00000000-0000-0000-0000-000000000000"
    for name in ("get_document", "delete_document", "restore_document"):
        for document_id in (annas["id"], nobodys):
            problem = await refused(call, name, bert, document_id=document_id)
            assert problem == "document_unknown"
        assert (
            await refused(
                call, name, bert, document_id=annas["id"], person="person.anna"
            )
            == "not_your_memory"
        )
    anna = Scope.person("id_of_anna")
    service = loaded_entry.runtime_data.service
    assert [d.deleted_at for d in await service.documents.list(anna)] == [None] * 2

    # Everybody at home may delete what is the household's, and take it back.
    gone = await call("delete_document", bert, document_id=kept["id"])
    assert gone == {"deleted": kept["id"], "for_good": False}
    assert await titles(call) == []
    assert await titles(call, deleted=True) == ["Boiler"]
    assert (await call("recall", query="fault code F28"))["passages"] == []
    back = await call("restore_document", bert, document_id=kept["id"])
    assert (back["id"], back["deleted_at"]) == (kept["id"], None)
    await settled(hass, loaded_entry)
    assert (await call("recall", query="fault code F28"))["passages"]

    for _ in range(2):
        # What is in the bin already can go for good, too.
        await call("delete_document", document_id=kept["id"])
    gone = await call("delete_document", document_id=kept["id"], for_good=True)
    assert gone["for_good"] is True
    assert await titles(call, deleted=True) == []
    assert await refused(call, "get_document", document_id=kept["id"]) == (
        "document_unknown"
    )
    assert originals(hass) == 1


async def test_list_and_sync(
    hass: HomeAssistant,
    loaded_entry: MockConfigEntry,
    people: dict[str, Context],
    call: Call,
) -> None:
    bert = people["bert"]
    write(hass, "house/boiler.md")
    write(hass, "house/broken.docx", "PK")
    write(hass, "anna/diary.md", "# Diary\n\nThe ring is in the piano.")
    house_id = await add_folder(
        hass, loaded_entry, "house", "House", collection="manuals"
    )
    await add_folder(hass, loaded_entry, "anna", "Anna's", person="person:id_of_anna")
    await call("add_document", content="# Rules\n\nQuiet after ten.")
    await settled(hass, loaded_entry)
    for data, found in (
        ({}, ["Boiler", "Rules", "broken"]),
        ({"folder": "House"}, ["Boiler", "broken"]),
        ({"folder": house_id, "state": "ready"}, ["Boiler"]),
        ({"state": "failed"}, ["broken"]),
        ({"collection": "documents"}, ["Rules"]),
        ({"query": "BOIL"}, ["Boiler"]),
        ({"deleted": True}, []),
    ):
        assert await titles(call, bert, **data) == found, data
    pages = []
    before: dict[str, Any] = {}
    while page := (await call("list_documents", limit=2, **before))["documents"]:
        pages.append([document["title"] for document in page])
        before = {"before_id": page[-1]["id"]}
    assert list(map(len, pages)) == [2, 1]
    for context, folder in ((None, "Anna's"), (people["anna"], "Anna's")):
        # An automation may name the folder, but not see what is in it.
        expected = ["Diary"] if context else []
        assert await titles(call, context, folder=folder) == expected
    for folder in ("Anna's", "Nobody's", ""):
        problem = await refused(call, "list_documents", bert, folder=folder)
        assert problem == "folder_unknown"

    for stop in (False, True):
        with pytest.raises(Unauthorized):
            await call("sync_documents", bert, stop=stop)
    assert await refused(call, "sync_documents", folder="Nobody's") == "folder_unknown"
    write(hass, "house/washer.md", "# Washer\n\nOpen the door.")
    [answer] = (await call("sync_documents", people["anna"], folder="House"))["folders"]
    assert (answer["folder"], answer["name"]) == (house_id, "House")
    await settled(hass, loaded_entry)
    assert "Washer" in await titles(call)

    await call("sync_documents", stop=True)
    await settled(hass, loaded_entry)
    write(hass, "house/dryer.md", "# Dryer\n\nClean the filter.")
    [stopped] = (await call("sync_documents", folder="House", stop=True))["folders"]
    assert stopped.pop("finished_at")
    assert stopped == {
        "folder": house_id,
        "name": "House",
        "state": "stopped",
        "total": 3,
        "done": 3,
        "failed": 1,
        "problem": None,
    }
    assert "Dryer" not in await titles(call)
    await call("sync_documents")
    await settled(hass, loaded_entry)
    assert "Dryer" in await titles(call)


# --- shelves


async def test_description_of_a_shelf_is_removed(
    loaded_entry: MockConfigEntry, call: Call
) -> None:
    """The form of the action leaves an empty field out."""
    await call(
        "add_document", content="# Rules\n\nQuiet after ten.", collection="rules"
    )
    shelf = await call("update_collection", collection="rules", description="Manners.")
    assert shelf["description"] == "Manners."
    shelf = await call("update_collection", collection="rules")
    assert shelf["description"] is None
