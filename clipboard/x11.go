//go:build (linux || freebsd || openbsd || netbsd) && !android

package clipboard

import (
	"bufio"
	"encoding/binary"
	"errors"
	"maps"
	"net"
	"os"
	"path/filepath"
	"time"

	wire "golang.design/x/x11"

	"scalecam/fault"
	"scalecam/picture"
)

// boards are X11's own, since the library's sends a picture in one request and an
// X server takes no more than 256 KiB in one: all of the rest was lost. On Wayland
// it comes second: the library finds X11 there, too, where the compositor lets no
// program but the foremost one at the clipboard.
func boards() []board {
	if os.Getenv("WAYLAND_DISPLAY") == "" {
		return []board{x11{}}
	}
	return []board{library{}, x11{}}
}

// x11 is the X Window System's clipboard: a selection that one program owns, which
// hands its content out to those that ask, in pieces where it is large (ICCCM 2.0,
// section 2: https://www.x.org/releases/current/doc/xorg-docs/icccm/icccm.html).
type x11 struct{}

// server is a connection to an X server, with a window, which nobody sees, to own
// the clipboard or to ask for it.
type server struct {
	net.Conn
	in      *bufio.Reader
	piece   int // the most bytes of a property that a request holds
	ids     *wire.IDGen
	window  uint32
	sent    uint16        // requests
	pending []wire.Packet // events that came before an answer

	clipboard, targets, png, incr, property uint32 // atoms
}

// What golang.design/x/x11 has no names for.
const (
	destroyNotify  = 17
	propertyNotify = 28
	newValue       = 0 // of a property
	deleted        = 1

	opChangeWindowAttributes = 2
	eventMask                = 1 << 11 // the attribute
	structureEvents          = 1 << 17
	propertyEvents           = 1 << 22

	changeHeader = 24 // bytes of a request to change a property, before its data
)

var order = binary.LittleEndian // as wire says to the server

// listen asks for the events of a window, which may be another program's.
func listen(window, events uint32) []byte {
	b := make([]byte, 16)
	b[0] = opChangeWindowAttributes
	order.PutUint16(b[2:], uint16(len(b)/4))
	order.PutUint32(b[4:], window)
	order.PutUint32(b[8:], eventMask)
	order.PutUint32(b[12:], events)
	return b
}

// connect connects to the display's server.
func connect() (*server, error) {
	name := os.Getenv("DISPLAY")
	display, err := wire.ParseDisplay(name)
	if err != nil {
		return nil, fault.Errorf("there is no X server at the display %q", name)
	}
	// Programs that come and go fast can have the server turn one away.
	const tries = 5
	var s *server
	for range tries {
		if s, err = greet(display); err == nil {
			return s, nil
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil, fault.Errorf("the X server at the display %q does not answer (%w)", name, err)
}

// greet makes a connection with all that is needed of it.
func greet(display wire.Display) (*server, error) {
	conn, err := net.Dial(display.Net, display.Addr)
	if err != nil && display.Net == "unix" {
		conn, err = net.Dial("unix", "@"+display.Addr) // Linux's abstract socket
	}
	if err != nil {
		return nil, err
	}
	s := &server{Conn: conn, in: bufio.NewReader(conn)}
	if err := s.start(display.Num); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *server) start(display int) error {
	if err := s.wait(); err != nil {
		return err
	}
	if _, err := s.Write(wire.SetupRequest(cookie(display))); err != nil {
		return err
	}
	setup, err := wire.ReadSetup(s.in)
	if err != nil {
		return err
	}
	s.piece, s.ids = 4*int(setup.MaxReqLen)-changeHeader, wire.NewIDGen(setup)
	s.window = s.ids.Next()
	if err := s.send(wire.CreateWindow(s.window, setup.Root)); err != nil {
		return err
	}
	for _, a := range []struct {
		atom *uint32
		name string
	}{{&s.clipboard, "CLIPBOARD"}, {&s.targets, "TARGETS"}, {&s.png, "image/png"}, {&s.incr, "INCR"}, {&s.property, "SCALECAM_PICTURE"}} {
		reply, err := s.ask(wire.InternAtom(a.name, false))
		if err != nil {
			return err
		}
		*a.atom = reply.Atom()
	}
	return nil
}

// cookie is what the X server knows the user by; none where it asks for none.
func cookie(display int) (string, []byte) {
	path := os.Getenv("XAUTHORITY")
	if path == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", nil
		}
		path = filepath.Join(home, ".Xauthority")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", nil
	}
	entries, err := wire.ParseXauthority(data)
	if err != nil {
		return "", nil
	}
	host, _ := os.Hostname() // none has no cookies of its own
	return wire.ChooseCookie(entries, display, host)
}

// wait gives what is to come its time.
func (s *server) wait() error { return s.SetDeadline(time.Now().Add(patience)) }

func (s *server) send(request []byte) error {
	s.sent++
	_, err := s.Write(request)
	return err
}

// ask sends a request and waits for its reply. An error of that or an earlier
// request of these is one.
func (s *server) ask(request []byte) (wire.Packet, error) {
	if err := s.send(request); err != nil {
		return wire.Packet{}, err
	}
	for {
		p, err := wire.ReadPacket(s.in)
		switch {
		case err != nil:
			return p, err
		case p.IsError():
			return p, fault.Errorf("the X server refuses, error %d", p.ErrorCode())
		case p.IsReply() && p.Sequence() == s.sent:
			return p, nil
		case p.IsEvent():
			s.pending = append(s.pending, p)
		}
	}
}

// next waits for an event; errors of requests to windows that are gone are none.
func (s *server) next() (wire.Packet, error) {
	if len(s.pending) > 0 {
		p := s.pending[0]
		s.pending = s.pending[1:]
		return p, nil
	}
	return wire.NextEvent(s.in)
}

// place is a property of a window.
type place struct{ window, property uint32 }

// changed is what a propertyNotify is about.
func changed(event wire.Packet) (at place, state byte) {
	return place{order.Uint32(event.Raw[4:]), order.Uint32(event.Raw[8:])}, event.Raw[16]
}

func (x11) write(picture []byte) error {
	s, err := connect()
	if err != nil {
		return err
	}
	if err = s.send(wire.SetSelectionOwner(s.window, s.clipboard, wire.CurrentTime)); err == nil {
		var reply wire.Packet
		if reply, err = s.ask(wire.GetSelectionOwner(s.clipboard)); err == nil && reply.SelectionOwner() != s.window {
			err = errors.New("another program keeps it")
		}
	}
	if err != nil {
		s.Close()
		return err
	}
	go s.serve(picture)
	return nil
}

// serve hands the picture out until another program owns the clipboard and those
// that have begun to take it are done.
func (s *server) serve(picture []byte) {
	defer s.Close()
	if s.SetDeadline(time.Time{}) != nil {
		return
	}
	taken := map[place][]byte{} // what is left, of what is taken piece by piece
	for owner := true; owner || len(taken) > 0; {
		if !owner && s.wait() != nil { // for those that have begun
			return
		}
		event, err := s.next()
		if err != nil {
			return
		}
		switch event.EventCode() {
		case wire.EventSelectionClear:
			owner = false
		case wire.EventSelectionRequest:
			err = s.answer(event.SelectionRequest(), picture, taken)
		case propertyNotify:
			// The piece before was taken away: here is the next, or an empty one.
			at, state := changed(event)
			if rest, ok := taken[at]; ok && state == deleted {
				piece := rest[:min(len(rest), s.piece)]
				err = s.send(wire.ChangeProperty(at.window, at.property, s.png, 8, piece))
				if taken[at] = rest[len(piece):]; len(piece) == 0 {
					delete(taken, at)
				}
			}
		case destroyNotify:
			maps.DeleteFunc(taken, func(at place, _ []byte) bool { return at.window == order.Uint32(event.Raw[8:]) })
		}
		if err != nil {
			return
		}
	}
	// The server may not read what was sent last once this end is closed.
	_, _ = s.ask(wire.GetSelectionOwner(s.clipboard))
}

// answer gives a program that asks for the clipboard's content what it asks for,
// or says that there is none such.
func (s *server) answer(asked wire.SelectionRequestEvent, picture []byte, taken map[place][]byte) error {
	at := place{asked.Requestor, asked.Property}
	if at.property == wire.None { // as programs of before 1989 ask
		at.property = asked.Target
	}
	var requests [][]byte
	switch {
	case asked.Selection == s.clipboard && asked.Target == s.targets:
		requests = append(requests, wire.ChangeProperty(at.window, at.property, wire.AtomATOM, 32, wire.AtomList(s.targets, s.png)))
	case asked.Selection != s.clipboard || asked.Target != s.png:
		at.property = wire.None
	case len(picture) <= s.piece:
		requests = append(requests, wire.ChangeProperty(at.window, at.property, s.png, 8, picture))
	default:
		taken[at] = picture
		requests = append(requests, listen(at.window, structureEvents|propertyEvents),
			wire.ChangeProperty(at.window, at.property, s.incr, 32, order.AppendUint32(nil, uint32(len(picture)))))
	}
	for _, request := range append(requests, wire.SendSelectionNotify(wire.SelectionNotify{
		Time: asked.Time, Requestor: asked.Requestor, Selection: asked.Selection, Target: asked.Target, Property: at.property,
	})) {
		if err := s.send(request); err != nil {
			return err
		}
	}
	return nil
}

var errTooLarge = fault.Errorf("it holds a picture of more than %d MiB", picture.MaxBytes>>20)

func (x11) read() ([]byte, error) {
	s, err := connect()
	if err != nil {
		return nil, err
	}
	defer s.Close()
	owner, err := s.ask(wire.GetSelectionOwner(s.clipboard))
	if err != nil || owner.SelectionOwner() == wire.None { // who would never answer
		return nil, err
	}
	if err := s.send(listen(s.window, propertyEvents)); err != nil {
		return nil, err
	}
	if err := s.send(wire.ConvertSelection(s.window, s.clipboard, s.png, s.property, wire.CurrentTime)); err != nil {
		return nil, err
	}
	for {
		event, err := s.next()
		if err != nil {
			return nil, unanswered(err)
		}
		if event.EventCode() == wire.EventSelectionNotify {
			if event.SelectionNotify().Property == wire.None { // it is no picture
				return nil, nil
			}
			break
		}
	}
	data, whole, err := s.take()
	if err != nil || whole {
		return data, err
	}
	return s.rest()
}

// rest is what comes piece by piece after a first take, which said so.
func (s *server) rest() (data []byte, err error) {
	for {
		event, err := s.next()
		if err != nil {
			return nil, unanswered(err)
		}
		if event.EventCode() != propertyNotify {
			continue
		}
		if at, state := changed(event); at != (place{s.window, s.property}) || state != newValue {
			continue
		}
		piece, _, err := s.take()
		if err != nil || len(piece) == 0 {
			return data, err
		}
		if data = append(data, piece...); len(data) > picture.MaxBytes {
			return nil, errTooLarge
		}
		if err := s.wait(); err != nil {
			return nil, err
		}
	}
}

// take takes the value of the property away, which asks for the next piece where
// it is not the whole.
func (s *server) take() (value []byte, whole bool, err error) {
	reply, err := s.ask(wire.GetProperty(true, s.window, s.property, wire.None, 0, picture.MaxBytes/4))
	if err != nil {
		return nil, false, unanswered(err)
	}
	if left := order.Uint32(reply.Raw[12:]); left > 0 {
		return nil, false, errTooLarge
	}
	return reply.PropertyValue(), order.Uint32(reply.Raw[8:]) != s.incr, nil
}

// unanswered says what a time that has run out means.
func unanswered(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return errors.New("the program that it belongs to does not answer")
	}
	return err
}
