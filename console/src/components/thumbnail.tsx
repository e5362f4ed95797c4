import { AudioLines, Film } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import "./thumbnail.css";

/** Where in a video its picture is taken, in seconds: the first frames are at rest. */
const AT_S = 0.4;

/** A small picture of a result, loaded when it becomes visible; an icon, where there is none. */
export function Thumbnail({ url, isVideo }: { url: string | null; isVideo: boolean }) {
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
  const Icon = isVideo ? Film : AudioLines;
  return (
    <span ref={frame} className="thumbnail" aria-hidden>
      {isVideo && url && isSeen ? (
        <video src={`${url}#t=${AT_S}`} preload="metadata" muted playsInline tabIndex={-1} />
      ) : (
        <Icon size={18} />
      )}
    </span>
  );
}
