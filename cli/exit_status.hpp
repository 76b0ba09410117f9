#pragma once

// Exit statuses of the command, fixed for scripts. docs/cli says the same.

namespace policyc::cli {

enum ExitStatus : int {
  kDone = 0,      // for eval: whatever the decision
  kFindings = 1,  // the policy, snapshot or a test has errors; a table drifted
  kUsage = 2,
  kInputOutput = 3,  // something could not be read or written
  kLimit = 4,
  kIntegrity = 5,  // digest, signature, version
  kInternal = 70,
};

}  // namespace policyc::cli
