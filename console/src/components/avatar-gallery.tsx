import { useMutation, useQuery } from "@tanstack/react-query";
import { fetchPicture, listAvatars, type SavedAvatar } from "../api/avatars.ts";
import { words } from "../words/index.ts";
import { ErrorNotice } from "./notice.tsx";
import { RetryButton } from "./query-view.tsx";
import "./avatar-gallery.css";

export const AVATARS_KEY = ["avatars"];

export function useAvatars() {
  return useQuery({ queryKey: AVATARS_KEY, queryFn: ({ signal }) => listAvatars(signal) });
}

/** The saved avatars as a row of pictures; one of them becomes the face. Nothing, while there are none. */
export function AvatarGallery({ onChoose }: { onChoose: (face: File) => void }) {
  const { data, error, isFetching, refetch } = useAvatars();
  const chosen = useMutation({
    mutationFn: ({ image_url, name, id }: SavedAvatar) => fetchPicture(image_url, name, id),
    onSuccess: onChoose,
  });
  if (error !== null)
    return (
      <ErrorNotice
        error={error}
        title={words.avatars.galleryNotLoaded}
        action={<RetryButton onRetry={refetch} isBusy={isFetching} />}
      />
    );
  if (!data?.length) return null;
  return (
    <>
      <ul className="avatar-gallery" aria-label={words.avatars.gallery}>
        {data.map((avatar) => (
          <li key={avatar.id}>
            <button
              type="button"
              aria-label={words.avatars.use(avatar.name)}
              title={avatar.name}
              disabled={chosen.isPending}
              onClick={() => chosen.mutate(avatar)}
            >
              <img src={avatar.image_url} alt="" />
            </button>
          </li>
        ))}
      </ul>
      {chosen.isError && <ErrorNotice error={chosen.error} title={words.avatars.notLoaded} />}
    </>
  );
}
