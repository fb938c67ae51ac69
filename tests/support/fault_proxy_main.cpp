// busbar-fault-proxy LISTEN SERVER [SOURCE]: a FaultProxy that takes its commands from standard input, a line each, and
// answers each with a line. It says "listening PORT" first and ends with its input.
#include <exception>
#include <iostream>
#include <string>

#include "support/fault_proxy.hpp"

int main(int count, char** arguments) {
    if (count < 3 || count > 4) {
        std::cerr << "usage: busbar-fault-proxy LISTEN SERVER [SOURCE]   (HOST:PORT or the path of a unix socket)\n";
        return 2;
    }
    try {
        busbar::tests::FaultProxy proxy(arguments[1], arguments[2], count == 4 ? arguments[3] : "");
        std::cout << "listening " << proxy.port() << std::endl;
        for (std::string line; std::getline(std::cin, line);) std::cout << proxy.tell(line) << std::endl;
    } catch (const std::exception& error) {
        std::cerr << error.what() << "\n";
        return 1;
    }
    return 0;
}
