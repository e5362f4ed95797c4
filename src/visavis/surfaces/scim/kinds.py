"""The two kinds of resources: how they become entries of a directory, and entries become resources."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias, cast

from scim2_models import Context, Meta, Resource, ScimProvider

from visavis.core.organizations import directory, directory_groups
from visavis.core.organizations.directory import Person, describes_admin
from visavis.core.organizations.directory_groups import GroupContent
from visavis.core.schema import ACTIVE_MEMBER, DirectoryGroup, Membership
from visavis.surfaces.shared.texts import refuse_unclean

Row: TypeAlias = Membership | DirectoryGroup
_WORK: Final = "work"
_COMPUTED: Final = ("id", "meta", "groups")  # the server's own words: not kept as they are sent


@dataclass(frozen=True)
class Kind:
    """A kind of resources.

    Attributes:
        name: Name of the resource type.
        name_attribute: Attribute that names a resource.
        model: Model of a resource.
        describe: What `create` and `change` take, from the attributes that are kept.
        create: Adds an entry to a directory.
        find: Finds an entry.
        change: Replaces the description of an entry.
        remove: Deletes an entry.
        search: Finds entries.
    """

    name: str
    name_attribute: str
    model: type[Resource[Any]]
    describe: Callable[[dict[str, Any]], Any]
    create: Callable[..., Awaitable[Any]]
    find: Callable[..., Awaitable[Any]]
    change: Callable[..., Awaitable[Any]]
    remove: Callable[..., Awaitable[None]]
    search: Callable[..., Awaitable[tuple[int, list[Any]]]]

    def described(self, resource: Resource[Any]) -> Any:
        """A resource as `create` and `change` take it.

        Raises:
            RequestError: A text in it cannot be stored.
        """
        sent: dict[str, Any] = resource.model_dump(scim_ctx=Context.DEFAULT, mode="json")
        kept = {name: value for name, value in sent.items() if name not in _COMPUTED}
        refuse_unclean(kept)
        return self.describe(kept)

    def resource(self, row: Row, groups: Iterable[DirectoryGroup] = ()) -> Resource[Any]:
        """The resource of a row.

        Args:
            row: The row.
            groups: Groups that the member belongs to.
        """
        attributes = {**row.profile, "id": row.id}
        if isinstance(row, Membership):
            if row.status != ACTIVE_MEMBER:
                attributes["active"] = False  # whoever deactivated the member
            attributes["groups"] = [_reference(each) for each in groups]
        found: Resource[Any] = self.model.model_validate(attributes, scim_ctx=Context.DEFAULT)
        found.meta = Meta(
            resource_type=self.name,
            created=row.created_at,
            last_modified=row.updated_at,
            version=f'W/"{row.version}"',
        )
        return found


def kinds_of(provider: ScimProvider, *, max_members: int) -> dict[str, Kind]:
    """The kinds of resources, by the names of their types."""
    kinds = (
        Kind(
            name="User",
            name_attribute="userName",
            model=_model(provider, "User"),
            describe=_person,
            create=partial(directory.create, max_members=max_members),
            find=directory.find,
            change=partial(directory.change, max_members=max_members),
            remove=directory.remove,
            search=directory.search,
        ),
        Kind(
            name="Group",
            name_attribute="displayName",
            model=_model(provider, "Group"),
            describe=_group,
            create=directory_groups.create,
            find=directory_groups.find,
            change=directory_groups.change,
            remove=directory_groups.remove,
            search=directory_groups.search,
        ),
    )
    return {kind.name: kind for kind in kinds}


def _model(provider: ScimProvider, name: str) -> type[Resource[Any]]:
    return cast("type[Resource[Any]]", provider.model_for(name))


def _person(sent: dict[str, Any]) -> Person:
    return Person(
        user_name=sent["userName"],
        external_id=sent.get("externalId"),
        email=_email_of(sent),
        name=_name_of(sent),
        is_active=sent.get("active", True),
        is_admin=describes_admin(sent),
        profile=sent,
    )


def _group(sent: dict[str, Any]) -> GroupContent:
    members = frozenset(str(each["value"]) for each in sent.get("members", []) if each.get("value"))
    return GroupContent(sent["displayName"], sent.get("externalId"), members, sent)


def _reference(group: DirectoryGroup) -> dict[str, str]:
    return {"value": group.id, "$ref": f"Groups/{group.id}", "display": group.name, "type": "direct"}


def _email_of(sent: dict[str, Any]) -> str | None:
    """The primary address, else the one at work, else the first, else the user name if it is an address."""
    found = [each for each in sent.get("emails", []) if _is_address(each.get("value"))]
    found.sort(key=lambda each: (not each.get("primary"), each.get("type") != _WORK))
    address = found[0]["value"] if found else sent["userName"]
    return str(address).strip().lower() if _is_address(address) else None


def _is_address(text: Any) -> bool:
    return isinstance(text, str) and "@" in text.strip("@")


def _name_of(sent: dict[str, Any]) -> str | None:
    name = sent.get("name", {})
    parts = [name.get("givenName"), name.get("familyName")]
    whole = sent.get("displayName") or name.get("formatted") or " ".join(str(each) for each in parts if each)
    return str(whole) if whole else None
