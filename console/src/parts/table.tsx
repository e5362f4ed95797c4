import type { ReactNode } from "react";

export interface Column<Row> {
  name: string;
  cell: (row: Row) => ReactNode;
  /** Figures stand at the right. */
  isNumber?: boolean;
  /** For those who hear the table; the column needs no heading to be seen. */
  isNameUnseen?: boolean;
  className?: string;
  title?: (row: Row) => string;
}

/**
 * A list as a table. Where there is little room each row becomes a card, with the column's name before
 * each value. The roles are written out: browsers drop them from tables that are laid out otherwise.
 *
 * @param label - What the table lists.
 * @param open - Called when a row is pressed.
 */
export function Table<Row>({
  label,
  rows,
  keyOf,
  columns,
  classOf,
  onOpen,
}: {
  label: string;
  rows: readonly Row[];
  keyOf: (row: Row) => string | number;
  columns: readonly Column<Row>[];
  classOf?: (row: Row) => string;
  onOpen?: (row: Row) => void;
}) {
  return (
    <div className="table-frame">
      {/* biome-ignore-start lint/a11y/noRedundantRoles: as cards they are laid out by `display`, which takes the roles away */}
      <table className="table" role="table" aria-label={label}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((column) => (
              <th
                key={column.name}
                role="columnheader"
                scope="col"
                className={column.isNumber ? "number" : ""}
              >
                <span className={column.isNameUnseen ? "unseen" : ""}>{column.name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr
              key={keyOf(row)}
              role="row"
              className={`${classOf?.(row) ?? ""} ${onOpen ? "pressable" : ""}`}
              {...(onOpen && { onClick: () => onOpen(row) })}
            >
              {columns.map((column, at) => (
                <td
                  key={column.name}
                  role="cell"
                  data-name={at === 0 || column.isNameUnseen ? undefined : column.name}
                  className={`${column.isNumber ? "number" : ""} ${column.className ?? ""}`}
                  title={column.title?.(row) || undefined}
                >
                  <span className="cell">{column.cell(row)}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {/* biome-ignore-end lint/a11y/noRedundantRoles: as above */}
    </div>
  );
}
