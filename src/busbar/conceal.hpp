#pragma once

namespace busbar::program {

/// Overwrites the passwords among the arguments, so that the list of processes no longer shows them. They were visible
/// for a moment: a file or the environment is the better place.
void conceal_secrets(int argc, char** argv);

}  // namespace busbar::program
