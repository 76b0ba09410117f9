// Questions whose answer is a list, in as many pages as the caller's buffer makes of it.

#include <algorithm>
#include <limits>
#include <string>
#include <vector>

#include "conversion.hpp"

namespace policyc::c {
namespace {

// Of cursor.passed: all that stands before the entities was given, and cursor.place is the last one given.
constexpr std::uint32_t kPlaced = std::numeric_limits<std::uint32_t>::max();

// One text of a list, and where the list goes on behind it.
struct Item {
  std::string text;
  std::uint32_t passed = kPlaced;
  std::uint32_t place = 0;
};

// What a list has behind a cursor, as far as a page could hold it.
struct Rest {
  ErrorCode error = ErrorCode::none;
  std::vector<Item> items;
  bool more = false;
  std::uint32_t left_out = 0;
};

// A place that the cursor has, of the snapshot that this generation is over.
[[nodiscard]] std::optional<Cursor> place_of(const policyc_cursor& cursor, const Evaluator& evaluator) {
  if (cursor.more == 0 || cursor.passed != kPlaced) return std::nullopt;
  return Cursor{cursor.place, evaluator.snapshot().epoch()};
}

[[nodiscard]] Rest rest_of(const Result<EntityList>& list, const policyc_cursor& cursor,
                           const Evaluator& evaluator) {
  Rest rest;
  if (!list) {
    rest.error = list.error().code;
    return rest;
  }
  const std::size_t passed = cursor.more == 0 ? 0 : cursor.passed;
  for (std::size_t i = passed; i < list->everyone.size(); ++i)
    rest.items.push_back({evaluator.program().schema().kinds[list->everyone[i]].name + ":*",
                          static_cast<std::uint32_t>(i + 1), 0});
  for (const Handle entity : list->entities)
    rest.items.push_back({evaluator.name_of(entity), kPlaced, entity.node});
  rest.more = list->next.has_value();
  return rest;
}

[[nodiscard]] Rest rest_of(const Result<ActionList>& list, const policyc_cursor& cursor,
                           const Evaluator& evaluator) {
  Rest rest;
  if (!list) {
    rest.error = list.error().code;
    return rest;
  }
  for (const ActionIndex action : list->actions) {
    if (cursor.more != 0 && action <= cursor.place) continue;
    const ActionInfo& info = evaluator.program().actions()[action];
    rest.items.push_back(
        {evaluator.program().schema().kinds[info.kind].name + "." + info.wire_name, kPlaced, action});
  }
  rest.left_out = static_cast<std::uint32_t>(list->unanswered.size());
  return rest;
}

// Puts as many texts as the buffer has room for. Only what was given moves the cursor.
int put_page(const Rest& rest, std::uint64_t generation, policyc_cursor& cursor, char* buffer,
             std::size_t room, std::size_t* needed) noexcept {
  if (rest.error != ErrorCode::none) return failed(rest.error);
  std::size_t used = 0;
  std::size_t given = 0;
  while (given < rest.items.size()) {
    const std::string& text = rest.items[given].text;
    if (buffer == nullptr || text.size() + 1 > room - used) break;
    std::memcpy(buffer + used, text.c_str(), text.size() + 1);
    used += text.size() + 1;
    ++given;
  }
  if (given == 0 && !rest.items.empty()) {
    if (needed != nullptr) *needed = rest.items.front().text.size() + 1;
    return failed(ErrorCode::limit_exceeded);
  }
  if (needed != nullptr) *needed = used;
  if (given > 0) {
    cursor.passed = rest.items[given - 1].passed;
    cursor.place = rest.items[given - 1].place;
  }
  cursor.more = rest.more || given < rest.items.size() ? 1 : 0;
  cursor.generation = generation;
  cursor.left_out = rest.left_out;
  return static_cast<int>(given);
}

// `ask` gives the list behind the cursor, of at most so many as a buffer can hold.
template <class Ask>
int listed(policyc_reader* reader, const policyc_request* request, policyc_cursor* cursor, char* buffer,
           std::size_t room, std::size_t* needed, const Ask& ask) {
  return guarded([&] {
    if (reader == nullptr) return failed(ErrorCode::malformed);
    if (const ErrorCode code = check(cursor); code != ErrorCode::none) return failed(code);
    if (cursor->more > 1 || cursor->reserved != 0) return failed(ErrorCode::malformed);
    ConvertedRequest converted;
    if (const ErrorCode code = converted.convert(request); code != ErrorCode::none) return failed(code);
    const Reader::Pin pin = reader->reader.pin();
    const Evaluator* const evaluator = pin.evaluator();
    if (evaluator == nullptr) return failed(ErrorCode::not_loaded);
    if (pin.generation() < request->at_least) return failed(ErrorCode::generation_too_old);
    if (cursor->more == 1 && cursor->generation != pin.generation()) return failed(ErrorCode::stale_handle);
    // The shortest text is a:b with its NUL. One entity besides shows that there are more.
    constexpr std::size_t kShortest = 4;
    constexpr std::size_t kMost = std::size_t{1} << 30;  // so that the number of texts is an int
    Page page;
    page.most = std::min(room / kShortest + 1, kMost);
    page.after = place_of(*cursor, *evaluator);
    return put_page(rest_of(ask(*evaluator, converted.request, page), *cursor, *evaluator), pin.generation(),
                    *cursor, buffer, room, needed);
  });
}

}  // namespace
}  // namespace policyc::c

using namespace policyc;
using namespace policyc::c;

extern "C" {

int policyc_list_resources(policyc_reader* reader, const policyc_request* request, policyc_cursor* cursor,
                           char* buffer, size_t room, size_t* needed) {
  return listed(reader, request, cursor, buffer, room, needed,
                [](const Evaluator& evaluator, const Request& asked, const Page& page) {
                  return evaluator.list_resources(asked, page);
                });
}

int policyc_list_subjects(policyc_reader* reader, const policyc_request* request, policyc_cursor* cursor,
                          char* buffer, size_t room, size_t* needed) {
  return listed(reader, request, cursor, buffer, room, needed,
                [](const Evaluator& evaluator, const Request& asked, const Page& page) {
                  return evaluator.list_subjects(asked, page);
                });
}

int policyc_list_actions(policyc_reader* reader, const policyc_request* request, policyc_cursor* cursor,
                         char* buffer, size_t room, size_t* needed) {
  return listed(reader, request, cursor, buffer, room, needed,
                [](const Evaluator& evaluator, const Request& asked, const Page&) {
                  return evaluator.list_actions(asked);
                });
}

}  // extern "C"
