/** The picture of a saved avatar. It is shown like any other face, and sent by its ID. */
export class AvatarFace extends File {
  readonly avatarId: string;

  constructor(picture: Blob, name: string, avatarId: string) {
    super([picture], name, { type: picture.type });
    this.avatarId = avatarId;
  }
}

/** Sets a face in a form: the ID of a saved avatar, or else the file. */
export function setFace(form: FormData, face: Blob, field: string): void {
  if (face instanceof AvatarFace) form.set("avatar_id", face.avatarId);
  else form.set(field, face, "face");
}
