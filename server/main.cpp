// A small HTTP service whose routes are guarded by a policy. An example to start from: see docs/embedding.md.
//
//   guarded PROGRAM.pbc SNAPSHOT.psnap PORT [SECONDS]
//
// It listens on the loopback interface only (PORT 0: any free one, which it prints), reloads both images on
// SIGHUP, and ends on SIGTERM or after SECONDS. Who the user is, it believes from the header X-User: put your
// own authentication there.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <thread>
#include <variant>
#include <vector>

#include "guard.hpp"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using tcp = asio::ip::tcp;
using Response = http::response<http::string_body>;

std::string_view view(boost::string_view text) { return {text.data(), text.size()}; }

class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(tcp::socket socket, example::Guard& guard) : stream_(std::move(socket)), guard_(guard) {}

  void read() {
    parser_.emplace();
    parser_->body_limit(std::uint64_t{64} * 1024);
    stream_.expires_after(std::chrono::seconds(10));
    http::async_read(stream_, buffer_, *parser_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       if (!error) return self->answer();
                       if (const auto status = refusal_of(error)) self->refuse(*status);
                     });
  }

 private:
  // What to say to somebody whose request could not be read; nothing to who has gone.
  static std::optional<http::status> refusal_of(beast::error_code error) {
    if (error == http::error::body_limit) return http::status::payload_too_large;
    if (error == http::error::header_limit) return http::status::request_header_fields_too_large;
    const bool is_of_http = error.category() == beast::error_code(http::error::bad_target).category();
    if (!is_of_http || error == http::error::end_of_stream) return std::nullopt;
    return http::status::bad_request;
  }

  // Where the next request would begin, nobody knows: this is the last answer.
  void refuse(http::status status) {
    response_ = Response(status, 11);
    response_.keep_alive(false);
    response_.set(http::field::content_type, "application/json");
    say(status, "malformed_request");
    response_.prepare_payload();
    http::async_write(stream_, response_, [self = shared_from_this()](beast::error_code, std::size_t) {});
  }

  void answer() {
    const auto& request = parser_->get();
    response_ = Response(http::status::ok, request.version());
    response_.keep_alive(request.keep_alive());
    response_.set(http::field::content_type, "application/json");
    if (view(request.target()) == "/health") {
      response_.body() = guard_.health();
    } else if (view(request.target()) == "/auth") {
      // For a proxy that asks on behalf of what it guards, such as nginx's auth_request.
      decide(view(request["X-Original-Method"]), view(request["X-Original-URI"]), view(request["X-User"]));
    } else {
      decide(view(request.method_string()), view(request.target()), view(request["X-User"]));
    }
    response_.prepare_payload();
    http::async_write(stream_, response_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (!error && self->response_.keep_alive()) self->read();
    });
  }

  // 401 nobody asks, 400 who or what is malformed, 404 there is no such route, 403 with the reason's code,
  // 200.
  void decide(std::string_view method, std::string_view path, std::string_view user) {
    const auto asked = example::question_of(method, path, user);
    if (const auto* refusal = std::get_if<example::Refusal>(&asked)) return say(*refusal);
    const auto* question = std::get_if<example::Question>(&asked);
    const example::Answer answer = guard_.ask(*question);
    if (!answer.allowed) return say(http::status::forbidden, answer.reason);
    response_.body() = "{\"document\":\"" + question->resource + "\"}\n";
  }

  void say(example::Refusal refusal) {
    switch (refusal) {
      case example::Refusal::no_user: return say(http::status::unauthorized, "no_user");
      case example::Refusal::malformed_user: return say(http::status::bad_request, "malformed_user");
      case example::Refusal::malformed_path: return say(http::status::bad_request, "malformed_path");
      case example::Refusal::no_such_route: return say(http::status::not_found, "no_such_route");
    }
  }

  void say(http::status status, const std::string& reason) {
    response_.result(status);
    response_.body() = "{\"error\":\"" + reason + "\"}\n";
  }

  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  Response response_;
  example::Guard& guard_;
};

void accept(tcp::acceptor& acceptor, example::Guard& guard) {
  acceptor.async_accept([&](beast::error_code error, tcp::socket socket) {
    if (error) return;
    std::make_shared<Session>(std::move(socket), guard)->read();
    accept(acceptor, guard);
  });
}

void reload_on_hangup(asio::signal_set& hangups, example::Guard& guard) {
  hangups.async_wait([&](beast::error_code error, int) {
    if (error) return;
    const std::string trouble = guard.reload();
    if (trouble.empty())
      std::fputs("reloaded\n", stderr);
    else
      std::fprintf(stderr, "the reload failed; the old pair goes on: %s\n", trouble.c_str());
    reload_on_hangup(hangups, guard);
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return std::fputs("usage: guarded PROGRAM.pbc SNAPSHOT.psnap PORT [SECONDS]\n", stderr), 2;
  example::Guard guard(argv[1], argv[2]);
  if (const std::string trouble = guard.reload(); !trouble.empty())
    return std::fprintf(stderr, "the images can't be loaded: %s\n", trouble.c_str()), 1;

  asio::io_context context;
  tcp::acceptor acceptor(context,
                         {asio::ip::address_v4::loopback(), static_cast<unsigned short>(std::atoi(argv[3]))});
  asio::signal_set ends(context, SIGTERM, SIGINT);
  ends.async_wait([&](beast::error_code, int) { context.stop(); });
  asio::signal_set hangups(context, SIGHUP);
  reload_on_hangup(hangups, guard);
  asio::steady_timer timer(context);
  if (argc > 4) {
    timer.expires_after(std::chrono::seconds(std::atoi(argv[4])));
    timer.async_wait([&](beast::error_code error) {
      if (!error) context.stop();
    });
  }
  accept(acceptor, guard);
  std::printf("%u\n", static_cast<unsigned>(acceptor.local_endpoint().port()));
  std::fflush(stdout);

  constexpr std::size_t kThreads = 2;
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (std::size_t i = 0; i < kThreads; ++i) threads.emplace_back([&] { context.run(); });
  for (std::thread& thread : threads) thread.join();
  return 0;
}
