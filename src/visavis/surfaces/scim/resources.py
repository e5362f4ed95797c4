"""What the surface says of itself: resource types, schemas and capabilities.

The schemas are those of RFC 7643, without attributes that nobody needs here: what is not declared is ignored
when it is sent, and not kept.
"""

from typing import Any, Final

from scim2_models import (
    AuthenticationScheme,
    Bulk,
    ChangePassword,
    ETag,
    Filter,
    Patch,
    Schema,
    ScimPolicy,
    ScimProvider,
    ServiceProviderConfig,
    Sort,
)
from scim2_server.utils import load_default_resource_types, load_default_schemas

MAX_PAGE: Final = 200
ENTERPRISE: Final = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
_NOT_KEPT: Final = frozenset(
    {"password", "x509Certificates", "ims", "photos", "entitlements", "addresses", "manager", "profileUrl"}
)


def describe() -> ScimProvider:
    """The service as it describes itself, and how much clients may depart from the RFCs.

    Microsoft Entra ID sends values with `remove`, paths with filters that match no entry yet, and attributes
    that are not in the schema.
    """
    policy = ScimPolicy(
        unknown=ScimPolicy.Unknown.ignore,
        remove_value_as_filter=ScimPolicy.RemoveValue.apply,
        unmatched_path_filter=ScimPolicy.UnmatchedPathFilter.create,
    )
    schemas = [_kept(each) for each in load_default_schemas().values()]
    return ScimProvider.from_discovery(
        schemas, load_default_resource_types().values(), config=_config(), policy=policy
    )


def _kept(schema: Schema) -> Schema:
    attributes: list[Any] = [each for each in schema.attributes or [] if each.name not in _NOT_KEPT]
    return schema.model_copy(update={"attributes": attributes})


def _config() -> ServiceProviderConfig:
    return ServiceProviderConfig(
        patch=Patch(supported=True),
        bulk=Bulk(supported=False, max_operations=0, max_payload_size=0),
        filter=Filter(supported=True, max_results=MAX_PAGE),
        change_password=ChangePassword(supported=False),
        sort=Sort(supported=False),
        etag=ETag(supported=True),
        authentication_schemes=[
            AuthenticationScheme(
                type=AuthenticationScheme.Type.oauthbearertoken,
                name="SCIM token",
                description="A token of the organization, which begins with scim_.",
                primary=True,
            )
        ],
    )
