"""What is worn over the body of cloth: jackets, cardigans, aprons, vests."""

import numpy as np

from visavis.engine.spline import curve
from visavis.painter.canvas import Patch, Points, colour, mixed
from visavis.painter.clothes import Clothes
from visavis.painter.garments import Garment


class Outfit(Clothes):
    """Dresses a character."""

    def paint(self) -> None:
        """All that is worn below the chin."""
        super().paint()
        if self._made.over:
            self._outer(self._made)

    def _outer(self, made: Garment) -> None:
        painters = {
            "jacket": self._jacket,
            "cardigan": self._cardigan,
            "open_shirt": self._open_shirt,
            "uniform": self._uniform,
            "apron": self._apron,
            "overalls": self._overalls,
            "vest": self._vest,
            "double_buttons": self._double_buttons,
            "drape": self._drape,
            "embroidery": self._embroidery,
            "stripes": self._stripes,
        }
        painters[made.over or "jacket"](made)

    def _panel(self, edge: Points, side: float, lift: float = 0.35) -> Patch:
        """The part of a coat on one side, from its inner edge outwards."""
        shoulder = self._shoulders(edge[0], lift)
        if side < 0:
            shoulder[:, 1] += 2 * 0.5 * self._character.lean * shoulder[:, 0] / 12
        return self._canvas.shape(np.concatenate([edge[::-1], shoulder]) * [side, 1], 0.05)

    def _jacket(self, made: Garment) -> None:
        canvas, low = self._canvas, min(self._canvas.bottom_cm - 4, -45.0)
        is_coat = self._character.outfit.garment == "lab_coat"
        meet = -60.0 if is_coat else -38.0
        edge = curve(
            [
                (5.5, -10.9),
                (6.0, -13.0),
                (4.9, -18.5),
                (2.6, -28.0),
                (0.0 if not is_coat else 2.2, meet),
                (0.2, low),
            ],
            80,
        )
        for side in (-1.0, 1.0):
            canvas.shade(self._shadow, canvas.stroke(edge * [side, 1] - [0, 0.3], 0.8, 0.35), 0.5)
            self._cloth(self._panel(edge, side), self._over, made.over_cloth)
            lapel = np.array(
                [
                    (5.4, -10.8),
                    (6.9, -12.2),
                    (7.8, -14.2),
                    (8.6, -17.4),
                    (7.4, -18.0),
                    (8.3, -19.3),
                    (6.3, -26.0),
                    (2.4, -34.5),
                    (2.9, -28.0),
                    (4.6, -19.5),
                    (5.9, -13.6),
                ]
            )
            outline = np.concatenate(
                [curve(lapel[:4], 30), lapel[4:5], curve(lapel[5:8], 30), curve(lapel[8:], 30)]
            ) * [side, 1]
            patch = canvas.shape(outline, 0.04)
            canvas.shade(self._shadow, canvas.shape(outline + [side * 0.15, -0.3], 0.3), 0.65)
            brighter = np.clip(self._over * np.float32(1.06) + np.float32(0.012), 0, 1)
            self._cloth(patch, brighter, "satin" if made.over_cloth == "leather" else made.over_cloth)
            canvas.shade(
                self._shadow,
                canvas.stroke(
                    curve([(5.5, -11.5), (6.6, -15.4), (7.4, -18.0)], 30) * [side, 1], 0.07, 0.05
                ).times(patch),
                0.55,
            )
            canvas.glow(colour("ffffff"), canvas.stroke(curve(lapel[5:8], 30) * [side, 1], 0.08, 0.05), 0.10)
            self._seam(side)

    def _seam(self, side: float) -> None:
        path = curve([(14.2 * self._wide, -15.6), (14.0 * self._wide, -20), (14.8 * self._wide, -27)], 40) * [
            side,
            1,
        ]
        self._canvas.shade(self._shadow, self._canvas.stroke(path, [0.1, 0.22, 0.5], 0.16), 0.4)

    def _cardigan(self, made: Garment) -> None:
        canvas, low = self._canvas, min(self._canvas.bottom_cm - 4, -45.0)
        edge = curve([(5.4, -11.2), (5.3, -14.0), (3.8, -19.0), (1.6, -26.5), (0.6, -34.0), (0.5, low)], 80)
        for side in (-1.0, 1.0):
            canvas.shade(self._shadow, canvas.stroke(edge * [side, 1] - [0, 0.3], 0.7, 0.3), 0.5)
            panel = canvas.rounded(self._panel(edge, side, 0.25), 0.3)
            self._cloth(panel, self._over, "knit")
            band = canvas.stroke((edge + [0.65, 0]) * [side, 1], 1.3, 0.04).times(panel)
            self._cloth(band, np.clip(self._over * np.float32(1.08), 0, 1), "knit")
            seam = canvas.stroke((edge + [1.35, 0]) * [side, 1], 0.1, 0.06).times(panel)
            canvas.shade(self._shadow, seam, 0.5)

    def _open_shirt(self, made: Garment) -> None:
        canvas, low = self._canvas, min(self._canvas.bottom_cm - 4, -45.0)
        edge = curve([(5.2, -11.0), (4.6, -15.0), (4.1, -22.0), (3.7, -30.0), (3.6, low)], 80)
        for side in (-1.0, 1.0):
            canvas.shade(self._shadow, canvas.stroke(edge * [side, 1] - [0, 0.2], 0.8, 0.35), 0.5)
            self._cloth(self._panel(edge, side, 0.3), self._over, made.over_cloth)
            seam = colour("d8a860") if made.over_cloth == "denim" else self._shadow
            canvas.lay(seam, canvas.stroke((edge + [0.9, 0]) * [side, 1], 0.05, 0.03), 0.5)
            wing = np.array(
                [
                    (5.0, -10.2),
                    (6.4, -10.6),
                    (9.0, -13.6),
                    (7.8, -17.6),
                    (4.9, -15.8),
                    (4.8, -12.5),
                    (5.0, -10.2),
                ]
            )
            outline = np.concatenate([curve(wing[:3], 20), curve(wing[2:5], 20), curve(wing[4:], 20)]) * [
                side,
                1,
            ]
            canvas.shade(self._shadow, canvas.shape(outline - [0, 0.35], 0.25), 0.6)
            self._cloth(
                canvas.shape(outline, 0.04), np.clip(self._over * np.float32(1.1), 0, 1), made.over_cloth
            )
            self._seam(side)

    def _uniform(self, made: Garment) -> None:
        self._jacket(made)
        canvas = self._canvas
        for side in (-1.0, 1.0):
            board = curve(
                [
                    (8.6, -13.0),
                    (12.0, -14.1),
                    (15.2 * self._wide, -15.7),
                    (14.8 * self._wide, -16.9),
                    (11.6, -15.6),
                    (8.4, -14.4),
                    (8.6, -13.0),
                ],
                60,
            ) * [side, 1]
            canvas.shade(self._shadow, canvas.shape(board - [0, 0.3], 0.2), 0.6)
            self._cloth(canvas.shape(board, 0.04), self._over * np.float32(0.75), "wool")
            for k in range(3):
                x = 10.3 + 1.25 * k
                canvas.lay(
                    colour("d8b45a"),
                    canvas.stroke(
                        [(side * x, -13.75 - 0.38 * k), (side * (x - 0.15), -14.9 - 0.38 * k)], 0.35, 0.04
                    ),
                    0.9,
                )
            canvas.lay(colour("d8b45a"), canvas.disc(side * 7.0, -15.3, 0.42, 0.42, 0.05), 0.95)
        for k in range(3):
            canvas.lay(
                colour(("a83232", "2f5fa5", "d8b45a")[k]),
                canvas.shape(
                    [
                        (9.4 + 1.3 * k, -21.6),
                        (10.6 + 1.3 * k, -21.6),
                        (10.6 + 1.3 * k, -22.6),
                        (9.4 + 1.3 * k, -22.6),
                    ],
                    0.03,
                ),
                0.9,
            )

    def _apron(self, made: Garment) -> None:
        canvas, low = self._canvas, min(self._canvas.bottom_cm - 4, -45.0)
        for side in (-1.0, 1.0):
            strap = curve([(5.6, -11.6), (6.3, -15.0), (6.9, -20.5)], 40) * [side, 1]
            canvas.shade(
                self._shadow, canvas.stroke(strap + [0.1, -0.2], 1.3, 0.15).times(self._covered), 0.4
            )
            self._cloth(canvas.stroke(strap, 1.1, 0.04).times(self._covered), self._over, "plain")
        bib = np.concatenate(
            [
                curve([(-7.4, -19.8), (0, -20.4), (7.4, -19.8)], 30),
                curve([(7.4, -19.8), (8.8, -26), (11.5, -33), (12.5, low)], 40),
                [(-12.5, low)],
                curve([(-12.5, low), (-11.5, -33), (-8.8, -26), (-7.4, -19.8)], 40),
            ]
        )
        canvas.shade(self._shadow, canvas.shape(bib + [0.2, -0.3], 0.3), 0.5)
        self._cloth(canvas.shape(bib, 0.04), self._over, "denim")
        canvas.shade(
            self._shadow, canvas.stroke(curve([(-7.2, -20.7), (0, -21.3), (7.2, -20.7)], 30), 0.05, 0.03), 0.6
        )

    def _overalls(self, made: Garment) -> None:
        self._apron(made)
        for side in (-1.0, 1.0):
            self._canvas.lay(colour("c9b27a"), self._canvas.disc(side * 6.8, -21.6, 0.6, 0.6, 0.05), 0.95)

    def _vest(self, made: Garment) -> None:
        canvas, low = self._canvas, min(self._canvas.bottom_cm - 4, -45.0)
        edge = curve([(5.7, -11.3), (5.2, -15.0), (3.0, -21.5), (0.3, -27.0), (0.2, low)], 80)
        for side in (-1.0, 1.0):
            outer = curve(
                [
                    (5.7, -11.3),
                    (9.5, -13.3),
                    (13.2 * self._wide, -14.9),
                    (12.9 * self._wide, -20.0),
                    (14.5 * self._wide, -28.0),
                    (15.5, low),
                ],
                60,
            )
            outline = np.concatenate([edge[::-1], outer]) * [side, 1]
            canvas.shade(self._shadow, canvas.shape(outline + [side * 0.3, -0.3], 0.3), 0.5)
            patch = canvas.shape(outline, 0.04)
            self._cloth(patch, self._over, "plain")
            strip = curve([(9.2, -12.9), (9.0, -20.0), (9.3, -30.0), (9.3, low)], 60) * [side, 1]
            for width, paint in ((3.0, "e6e03a"), (1.9, "dfe2e4")):
                canvas.lay(colour(paint), canvas.stroke(strip, width, 0.05).times(patch), 0.9)
        band = canvas.shape([(-16, -27.2), (16, -27.2), (16, -29.6), (-16, -29.6)], 0.05)
        canvas.tint(colour("dfe2e4"), band, 0.85)

    def _double_buttons(self, made: Garment) -> None:
        canvas = self._canvas
        canvas.shade(
            self._shadow,
            canvas.stroke(curve([(0.4, -13.4), (3.6, -17), (4.6, -24), (4.9, -45)], 60), 0.1, 0.08),
            0.6,
        )
        for side in (-1.0, 1.0):
            for k in range(5):
                canvas.shade(self._shadow, canvas.disc(side * 3.4 + 0.1, -17.6 - 5 * k, 0.5, 0.5, 0.1), 0.5)
                canvas.lay(
                    colour("f6f4f0") if self._main.mean() < 0.7 else colour("2b2d33"),
                    canvas.disc(side * 3.4, -17.5 - 5 * k, 0.45, 0.45, 0.05),
                )

    def _drape(self, made: Garment) -> None:
        canvas, low = self._canvas, min(self._canvas.bottom_cm - 4, -45.0)
        cloth = np.concatenate(
            [
                curve([(4.9, -11.4), (1.0, -19.0), (-8.0, -28.5), (-17.0, -36.0)], 60),
                [(-22, low), (12, low)],
                curve([(16.5, -30), (17.2 * self._wide, -19.0), (11.5, -13.6), (4.9, -11.4)], 60),
            ]
        )
        canvas.shade(self._shadow, canvas.shape(cloth + [-0.3, -0.2], 0.4), 0.5)
        patch = canvas.shape(cloth, 0.05)
        self._cloth(patch, mixed(self._main, colour("d8b45a"), 0.18), "satin")
        for k in range(5):
            fold = curve(
                [(5.6 + 1.6 * k, -11.9 - 0.5 * k), (3.5 + 2.0 * k, -20.0 - k), (-5.0 + 3 * k, -31.0)], 50
            )
            canvas.shade(self._shadow, canvas.stroke(fold, [0.15, 0.5, 0.3], 0.25).times(patch), 0.45)
        border = curve([(4.9, -11.4), (1.0, -19.0), (-8.0, -28.5), (-17.0, -36.0)], 60)
        canvas.lay(colour("d8b45a"), canvas.stroke(border + [0.5, -0.3], 0.9, 0.04), 0.9)
        canvas.shade(colour("7a5a20"), canvas.stroke(border + [0.5, -0.3], 0.15, 0.05), 0.6)

    def _embroidery(self, made: Garment) -> None:
        canvas = self._canvas
        gold = colour("d8b45a") if self._main.mean() < 0.6 else mixed(self._main, colour("6a4a20"), 0.6)
        strip = canvas.shape([(-1.6, -13.2), (1.6, -13.2), (1.9, -26), (-1.9, -26)], 0.05)
        canvas.lay(mixed(self._main, gold, 0.35), strip, 0.9)
        for k in range(7):
            y = -14.6 - 1.75 * k
            for width, height, paint in ((0.9, 0.62, gold), (0.45, 0.3, self._main)):
                canvas.lay(
                    paint,
                    canvas.shape([(0, y + height), (width, y), (0, y - height), (-width, y)], 0.03),
                    0.95,
                )
        for side in (-1.0, 1.0):
            canvas.lay(gold, canvas.stroke([(side * 1.7, -13.2), (side * 2.0, -26)], 0.18, 0.03), 0.9)
        canvas.lay(gold, canvas.stroke(self._neckline("stand") + [0, 0.3], 0.22, 0.03), 0.9)

    def _stripes(self, made: Garment) -> None:
        canvas, light = self._canvas, mixed(self._main, colour("f2efe8"), 0.85)
        for side in (-1.0, 1.0):
            for k in (0.0, 1.1):
                path = curve(
                    [(6.2 + k, -12.4), (11.5 + k, -15.0 + 0.2 * k), (17.5 * self._wide, -20.6)], 40
                ) * [side, 1]
                canvas.tint(light, canvas.stroke(path, 0.55, 0.04), 0.85)
