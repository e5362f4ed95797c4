import { AudioLines, Film, UserRound } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import "./thumbnail.css";

/** Where in a video its picture is taken, in seconds: the first frames are at rest. */
const AT_S = 0.4;

/** A small picture of a result, loaded when it becomes visible; an icon, where there is none. */
export function Thumbnail({ url, contentType }: { url: string | null; contentType: string }) {
  const frame = useRef<HTMLSpanElement>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    const element = frame.current;
    if (!element || isSeen) return;
    const watching = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) setSeen(true);
    });
    watching.observe(element);
    return () => watching.disconnect();
  }, [isSeen]);
  const [kind] = contentType.split("/");
  const Icon = kind === "video" ? Film : kind === "audio" ? AudioLines : UserRound;
  return (
    <span ref={frame} className="thumbnail" aria-hidden>
      {kind === "image" && url && isSeen ? (
        <img src={url} alt="" />
      ) : kind === "video" && url && isSeen ? (
        <video src={`${url}#t=${AT_S}`} preload="metadata" muted playsInline tabIndex={-1} />
      ) : (
        <Icon size={18} />
      )}
    </span>
  );
}
