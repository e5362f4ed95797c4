/**
 * `<visavis-avatar>`: a live talking avatar on any page. Importing this package defines the element.
 *
 * @packageDocumentation
 */

import { VisavisAvatarElement } from "./element.js";

export { VisavisAvatarElement } from "./element.js";

declare global {
  interface HTMLElementTagNameMap {
    "visavis-avatar": VisavisAvatarElement;
  }
}

if (!customElements.get("visavis-avatar")) customElements.define("visavis-avatar", VisavisAvatarElement);
