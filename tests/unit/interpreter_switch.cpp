// The dispatch loop once more, as the switch that other compilers get, under names
// of its own: the tests run every program by both.

#define POLICYC_SWITCH_DISPATCH
#define run_decide run_decide_by_switch
#define run_reasons run_reasons_by_switch
#define run_obliged run_obliged_by_switch
#define run_times run_times_by_switch
#include "interpreter.cpp"  // NOLINT: on purpose
