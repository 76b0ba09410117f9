#pragma once

// The permission table: what a role may do, computed from the rules.
//
// A cell is computed for a subject that holds the column's role and all that it
// includes, at the resource or above, while it holds no other grantable role of
// that role's scope; roles of other scopes, derived roles, attributes and
// parameters stay open. What stays open makes a cell conditional: it prints the
// rules' @cell texts or the titles of their conditions.
//
// Reads the model alone; separate calls are independent. Cost: rules times columns
// times rows.

#include <string>
#include <string_view>
#include <vector>

#include "policyc/compiler/model.hpp"

namespace policyc::compiler {

struct Table {
  std::string title;
  std::vector<std::string> columns;
  struct Row {
    std::string section;  // empty before the first section
    std::string title;
    std::vector<std::string> cells;  // one a column; "" means never
  };
  std::vector<Row> rows;
  // Conditional forbids: cells end in [^1], [^2], …, one for each entry.
  std::vector<std::string> footnotes;
};

// The tables that the package declares, in source order.
[[nodiscard]] std::vector<Table> compute_matrices(const Model& model, const text::SourceSet& sources);

enum class TableFormat { markdown, html, csv, json };

// One document for all tables. CSV: section, row, one column a role, by RFC 4180.
[[nodiscard]] std::string render(const std::vector<Table>& tables, TableFormat format);

}  // namespace policyc::compiler
