import {
  attribute,
  blocks,
  item,
  map,
  text,
  variable,
  type Resource,
  type Subject,
} from '../../infra/model.ts';

/** Three of each thing, one a zone. */
const letters = ['a', 'b', 'c'] as const;

/** The network's addresses, and a part of them for each subnet. Fixed: they meet no other network unless you connect one. */
const range = '10.64.0.0/16';

function zoneParts(letter: (typeof letters)[number], index: number): readonly Resource[] {
  const subnet = (kind: 'private' | 'public', cidr: string, role: string): Resource => ({
    key: `${kind}_${letter}`,
    type: 'aws_subnet',
    pulumi: 'aws.ec2.Subnet',
    arguments: {
      vpc_id: attribute('network', 'id'),
      availability_zone: item('zones', index),
      cidr_block: cidr,
      // By these tags EKS finds the subnets of load balancers.
      tags: map({ Name: text`${variable('name')}-${kind}-${letter}`, [role]: '1' }),
    },
  });
  return [
    subnet('public', `10.64.${index}.0/24`, 'kubernetes.io/role/elb'),
    subnet('private', `10.64.${64 + index * 64}.0/18`, 'kubernetes.io/role/internal-elb'),
    {
      key: `address_${letter}`,
      type: 'aws_eip',
      pulumi: 'aws.ec2.Eip',
      arguments: { domain: 'vpc', tags: map({ Name: text`${variable('name')}-nat-${letter}` }) },
    },
    {
      key: `nat_${letter}`,
      type: 'aws_nat_gateway',
      pulumi: 'aws.ec2.NatGateway',
      arguments: {
        allocation_id: attribute(`address_${letter}`, 'id'),
        subnet_id: attribute(`public_${letter}`, 'id'),
      },
      after: ['gateway'],
    },
    {
      key: `private_routes_${letter}`,
      type: 'aws_route_table',
      pulumi: 'aws.ec2.RouteTable',
      arguments: {
        vpc_id: attribute('network', 'id'),
        route: blocks([{ cidr_block: '0.0.0.0/0', nat_gateway_id: attribute(`nat_${letter}`, 'id') }]),
      },
    },
    {
      key: `private_routing_${letter}`,
      type: 'aws_route_table_association',
      pulumi: 'aws.ec2.RouteTableAssociation',
      arguments: {
        subnet_id: attribute(`private_${letter}`, 'id'),
        route_table_id: attribute(`private_routes_${letter}`, 'id'),
      },
    },
    {
      key: `public_routing_${letter}`,
      type: 'aws_route_table_association',
      pulumi: 'aws.ec2.RouteTableAssociation',
      arguments: {
        subnet_id: attribute(`public_${letter}`, 'id'),
        route_table_id: attribute('public_routes', 'id'),
      },
    },
  ];
}

/** Ids of the private subnets. */
export const privateSubnets = letters.map((letter) => attribute(`private_${letter}`, 'id'));

/** The letters of the zones' parts. */
export const zoneLetters = letters;

/** A network in three zones, with a way out in each, so that the loss of a zone cuts off nobody else. */
export function network(): Subject {
  return {
    name: 'network',
    about: 'A network in three zones. Nodes have no public addresses; each zone has its own way out.',
    parts: [
      {
        key: 'network',
        type: 'aws_vpc',
        pulumi: 'aws.ec2.Vpc',
        arguments: {
          cidr_block: range,
          enable_dns_hostnames: true,
          enable_dns_support: true,
          tags: map({ Name: variable('name') }),
        },
      },
      {
        key: 'gateway',
        type: 'aws_internet_gateway',
        pulumi: 'aws.ec2.InternetGateway',
        arguments: { vpc_id: attribute('network', 'id') },
      },
      {
        key: 'public_routes',
        type: 'aws_route_table',
        pulumi: 'aws.ec2.RouteTable',
        arguments: {
          vpc_id: attribute('network', 'id'),
          route: blocks([{ cidr_block: '0.0.0.0/0', gateway_id: attribute('gateway', 'id') }]),
        },
      },
      ...letters.flatMap(zoneParts),
    ],
  };
}

/** A security group that lets one port in from the network, and everything out. */
export function reachableOn(key: string, port: number, about: string): Resource {
  return {
    key,
    type: 'aws_security_group',
    pulumi: 'aws.ec2.SecurityGroup',
    arguments: {
      name: text`${variable('name')}-${key.replaceAll('_', '-')}`,
      description: about,
      vpc_id: attribute('network', 'id'),
      ingress: blocks([{ from_port: port, to_port: port, protocol: 'tcp', cidr_blocks: [range] }], 'ingress'),
    },
  };
}
