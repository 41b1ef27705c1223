resource "aws_lb" "NAME" {
  name               = substr("${local.prefix}-NAME", 0, 32)
  internal           = true
  load_balancer_type = "application"
  subnets            = var.subnet_ids
  idle_timeout       = 60

  access_logs {
    bucket  = "acme-access-logs"
    prefix  = "TEAM/NAME"
    enabled = true
  }
}

resource "aws_lb_target_group" "NAME" {
  for_each = local.public_services

  name        = substr("${each.key}-NAME", 0, 32)
  port        = local.ports.http
  protocol    = "HTTP"
  target_type = "ip"
  vpc_id      = var.vpc_id

  health_check {
    path                = "/health"
    port                = local.ports["health"]
    healthy_threshold   = 2
    unhealthy_threshold = 3
    matcher             = "200-299"
  }
}

resource "aws_lb_listener" "NAME" {
  load_balancer_arn = aws_lb.NAME.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = aws_acm_certificate.NAME.arn

  default_action {
    type = "fixed-response"

    fixed_response {
      content_type = "text/plain"
      message_body = "nothing here"
      status_code  = "404"
    }
  }
}

resource "aws_lb_listener_rule" "NAME" {
  for_each = aws_lb_target_group.NAME

  listener_arn = aws_lb_listener.NAME.arn

  action {
    type             = "forward"
    target_group_arn = each.value.arn
  }

  condition {
    host_header {
      values = ["${each.key}.${local.team}.example.com"]
    }
  }
}

resource "aws_acm_certificate" "NAME" {
  provider = aws.global

  domain_name               = "${local.team}.example.com"
  subject_alternative_names = ["*.${local.team}.example.com"]
  validation_method         = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}
