// Permission tables as documents.

#include "policyc/compiler/matrix.hpp"

#include <algorithm>
#include <string_view>

namespace policyc::compiler {
namespace {

std::string escaped_markdown(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '|') out += '\\';
    out += c == '\n' ? ' ' : c;
  }
  return out;
}

std::string escaped_html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string escaped_csv(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string quoted_json(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out += '\\';
    if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}

// "[^3][^5]". `before`: how many footnotes the tables before it have.
std::string marks(const Cell& cell, std::size_t before) {
  std::string text;
  for (const std::size_t note : cell.notes) text += "[^" + std::to_string(before + note + 1) + "]";
  return text;
}

std::string markdown(const Table& table, std::size_t before) {
  std::string out = "## " + escaped_markdown(table.title) + "\n\n| Action |";
  std::string rule = "\n| --- |";
  std::string blank;
  for (const std::string& column : table.columns) {
    out += ' ' + escaped_markdown(column) + " |";
    rule += " --- |";
    blank += "  |";
  }
  out += rule + '\n';
  std::string section;
  for (const Table::Row& row : table.rows) {
    if (row.section != section) {
      section = row.section;
      out += "| **" + escaped_markdown(section) + "** |" + blank + '\n';
    }
    out += "| " + escaped_markdown(row.title) + " |";
    for (const Cell& cell : row.cells) out += ' ' + escaped_markdown(cell.text) + marks(cell, before) + " |";
    out += '\n';
  }
  for (std::size_t i = 0; i < table.footnotes.size(); ++i)
    out += (i == 0 ? "\n[^" : "[^") + std::to_string(before + i + 1) + "]: " + table.footnotes[i] + '\n';
  return out;
}

std::string html_marks(const Cell& cell, std::size_t before) {
  std::string text;
  for (const std::size_t note : cell.notes) {
    const std::string number = std::to_string(before + note + 1);
    text.append(text.empty() ? "<sup>" : ", ");
    text.append("<a href=\"#note-").append(number).append("\">").append(number).append("</a>");
  }
  return text.empty() ? text : text + "</sup>";
}

std::string html(const Table& table, std::size_t before) {
  std::string out = "<table>\n  <caption>" + escaped_html(table.title) + "</caption>\n  <tr><th>Action</th>";
  for (const std::string& column : table.columns) out += "<th>" + escaped_html(column) + "</th>";
  out += "</tr>\n";
  std::string section;
  for (const Table::Row& row : table.rows) {
    if (row.section != section) {
      section = row.section;
      out += "  <tr><td colspan=\"" + std::to_string(table.columns.size() + 1) + "\"><b>" +
             escaped_html(section) + "</b></td></tr>\n";
    }
    out += "  <tr><td>" + escaped_html(row.title) + "</td>";
    for (const Cell& cell : row.cells)
      out += "<td>" + escaped_html(cell.text) + html_marks(cell, before) + "</td>";
    out += "</tr>\n";
  }
  out += "</table>\n";
  if (!table.footnotes.empty()) {
    out += before == 0 ? "<ol>\n" : "<ol start=\"" + std::to_string(before + 1) + "\">\n";
    for (std::size_t i = 0; i < table.footnotes.size(); ++i)
      out += "  <li id=\"note-" + std::to_string(before + i + 1) + "\">" + escaped_html(table.footnotes[i]) +
             "</li>\n";
    out += "</ol>\n";
  }
  return out;
}

std::string csv(const Table& table, std::size_t before) {
  std::string out = "section,row";
  for (const std::string& column : table.columns) out += ',' + escaped_csv(column);
  out += '\n';
  for (const Table::Row& row : table.rows) {
    out += escaped_csv(row.section) + ',' + escaped_csv(row.title);
    for (const Cell& cell : row.cells) out += ',' + escaped_csv(cell.text + marks(cell, before));
    out += '\n';
  }
  // As many fields as every row has, or readers refuse the file.
  const std::string rest(std::max<std::size_t>(table.columns.size(), 1) - 1, ',');
  for (std::size_t i = 0; i < table.footnotes.size(); ++i)
    out +=
        "footnote,[^" + std::to_string(before + i + 1) + "]," + escaped_csv(table.footnotes[i]) + rest + '\n';
  return out;
}

std::string json_list(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) out += (out.size() > 1 ? "," : "") + quoted_json(text);
  return out + ']';
}

std::string json(const Table& table) {
  std::string out =
      "{\"title\":" + quoted_json(table.title) + ",\"columns\":" + json_list(table.columns) + ",\"rows\":[";
  bool first = true;
  for (const Table::Row& row : table.rows) {
    std::vector<std::string> cells;
    for (const Cell& cell : row.cells) cells.push_back(cell.text + marks(cell, 0));
    out += std::string(first ? "" : ",") + "{\"section\":" + quoted_json(row.section) +
           ",\"row\":" + quoted_json(row.title) + ",\"cells\":" + json_list(cells) + '}';
    first = false;
  }
  return out + "],\"footnotes\":" + json_list(table.footnotes) + '}';
}

}  // namespace

std::string render(const std::vector<Table>& tables, TableFormat format) {
  std::string out = format == TableFormat::json ? "[" : "";
  std::size_t before = 0;  // one document can't have two footnotes of one number
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (i > 0) out += format == TableFormat::json ? "," : "\n";
    switch (format) {
      case TableFormat::markdown: out += markdown(tables[i], before); break;
      case TableFormat::html: out += html(tables[i], before); break;
      case TableFormat::csv: out += csv(tables[i], before); break;
      case TableFormat::json: out += json(tables[i]); break;
    }
    before += tables[i].footnotes.size();
  }
  if (format == TableFormat::json) out += "]\n";
  return out;
}

}  // namespace policyc::compiler
