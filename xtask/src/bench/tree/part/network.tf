# Who may talk to NAME, and how.
resource "aws_security_group" "NAME" {
  name        = "${local.prefix}-NAME"
  description = "Traffic of NAME"
  vpc_id      = var.vpc_id

  dynamic "ingress" {
    for_each = local.ports

    content {
      description = ingress.key
      from_port   = ingress.value
      to_port     = ingress.value
      protocol    = "tcp"
      cidr_blocks = ["10.0.0.0/8"]
    }
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["0.0.0.0/0"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_subnet" "NAME" {
  count = 3

  vpc_id            = var.vpc_id
  cidr_block        = cidrsubnet("10.20.0.0/16", 8, count.index + 16)
  availability_zone = element(local.zones, count.index)

  tags = {
    Name = "${local.prefix}-NAME-${count.index}"
    Tier = "private"
  }
}

resource "aws_route_table" "NAME" {
  count  = 3
  vpc_id = var.vpc_id

  tags = { Name = format("%s-NAME-%02d", local.prefix, count.index) }
}

resource "aws_route_table_association" "NAME" {
  count = 3

  subnet_id      = aws_subnet.NAME[count.index].id
  route_table_id = aws_route_table.NAME[count.index].id
}

resource "aws_vpc_endpoint" "NAME" {
  vpc_id            = var.vpc_id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = aws_route_table.NAME[*].id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = "*", Action = "s3:Get*", Resource = "*" }]
  })
}

resource "aws_network_acl" "NAME" {
  vpc_id     = var.vpc_id
  subnet_ids = aws_subnet.NAME[*].id
}
