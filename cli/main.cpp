// The command. Its verbs are in command_line.cpp, and each does its work in a file of its own.

#include <csignal>
#include <cstdio>
#include <exception>
#include <new>

#include "command_line.hpp"

int main(int argc, char** argv) {
  using namespace policyc::cli;
  // A reader that goes away is an error of the write, not a signal; so is a file that may grow no larger.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    return CommandLine().run(argc, argv);
  } catch (const std::bad_alloc&) {
    std::fputs("policyc: memory ran out\n", stderr);
    return kLimit;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "policyc: internal error: %s\n", error.what());
    return kInternal;
  }
}
