"""Every #include of src/ follows the arrows, and a wrong one would be found."""

import unittest
from pathlib import Path

import include_arrows
from tracked import ROOT


def faults(path, *lines):
    return include_arrows.faults_of_file(Path(path), "\n".join(lines))


class IncludeArrows(unittest.TestCase):
    def test_the_tree_follows_them(self):
        self.assertEqual([], include_arrows.faults_of_tree(ROOT / "src"))

    def test_an_arrow_that_points_the_wrong_way_is_found(self):
        found = faults("iec60870/asdu/asdu.cpp", '#include "base/octets.hpp"', '#include "iec104/link/link.hpp"')
        self.assertEqual(["src/iec60870/asdu/asdu.cpp:2: iec60870 must not know iec104"], found)

    def test_a_wrong_arrow_in_angle_brackets_is_found_too(self):
        self.assertTrue(faults("point/point.cpp", "#include <store/client.hpp>"))

    def test_a_wrong_arrow_inside_a_protocol_is_found(self):
        self.assertTrue(faults("iec104/link/link.cpp", '#include "iec104/station/controlled_station.hpp"'))
        self.assertFalse(faults("iec104/station/session.cpp", '#include "iec104/link/link.hpp"'))

    def test_connectors_do_not_know_each_other(self):
        self.assertTrue(faults("connector/iec104_client/run.cpp", '#include "connector/iec104_server/run.hpp"'))
        self.assertFalse(faults("connector/iec104_client/run.cpp", '#include "connector/common/log.hpp"'))

    def test_asio_stays_in_net_and_store(self):
        self.assertTrue(faults("connector/common/timer.hpp", "#include <boost/asio.hpp>"))
        self.assertTrue(faults("connector/common/timer.hpp", "#include <boost/asio/steady_timer.hpp>"))
        self.assertFalse(faults("net/loop.cpp", "#include <boost/asio/steady_timer.hpp>"))
        self.assertFalse(faults("connector/common/json.hpp", "#include <boost/json.hpp>"))

    def test_pure_folders_have_no_threads_sockets_or_clocks(self):
        self.assertTrue(faults("iec104/link/link.cpp", "#include <thread>"))
        self.assertTrue(faults("iec104/link/link.cpp", "#include <sys/socket.h>"))
        self.assertTrue(faults("iec104/link/link.cpp", "    const auto now = std::chrono::steady_clock::now();"))
        self.assertFalse(faults("iec104/link/link.cpp", "    // never steady_clock::now(): the caller says the time"))
        self.assertFalse(faults("net/loop.cpp", "#include <sys/socket.h>", "return steady_clock::now();"))

    def test_a_quoted_include_names_its_folder(self):
        self.assertTrue(faults("iec104/link/link.cpp", '#include "link.hpp"'))

    def test_a_new_folder_needs_arrows(self):
        self.assertTrue(include_arrows.unknown_folder_faults(Path("gadget/gadget.cpp")))
        self.assertTrue(include_arrows.unknown_folder_faults(Path("iec104/gadget/gadget.cpp")))


if __name__ == "__main__":
    unittest.main()
